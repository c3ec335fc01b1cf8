"""The bill in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), from the lock files.

The tools of both ecosystems make such bills, too. That of npm leaves out packages that something
for tests needs as well (React), and that of Python knows no licences.
"""

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from canvas_project import __version__
from deploy.sbom.licences import (
    NPM_LOCK,
    PYTHON_LOCKS,
    Package,
    npm_packages,
    python_packages,
)

_ALGORITHMS = {"sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
_REGISTRIES = {"pypi": "https://pypi.org/simple/", "npm": "https://registry.npmjs.org/"}


def bill() -> dict[str, Any]:
    """What a server installs and what the built front end is made of.

    What only builds and tests them is left out; what some ways of signing in need is optional.
    """
    components = {one["bom-ref"]: one for one in _components()}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": f"canvas@{__version__}",
                "name": "canvas",
                "version": __version__,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [components[key] for key in sorted(components)],
    }


def _components() -> Iterator[dict[str, Any]]:
    for lock in reversed(PYTHON_LOCKS):  # what is required comes last, and stays
        for package in python_packages(lock):
            yield _component("pypi", package, is_required=lock == PYTHON_LOCKS[0])
    for package in npm_packages(NPM_LOCK):
        if not package.is_tool:
            yield _component("npm", package, is_required=True)


def _component(kind: str, package: Package, *, is_required: bool) -> dict[str, Any]:
    purl = f"pkg:{kind}/{quote(package.name, safe='/')}@{package.version}"
    made = {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "scope": "required" if is_required else "optional",
        # Of the files of a version; an installation takes one of them.
        "externalReferences": [
            {
                "type": "distribution",
                "url": _REGISTRIES[kind] + package.name,
                "hashes": [_hash(one) for one in package.hashes],
            }
        ],
    }
    if package.licence:
        made["licenses"] = [{"expression": package.licence}]
    return made


def _hash(text: str) -> dict[str, str]:
    """A hash as a lock file of either ecosystem has it: `sha256:hex` or `sha512-base64`."""
    name, colon, digest = text.partition(":")
    if not colon:
        name, _, encoded = text.partition("-")
        digest = base64.b64decode(encoded).hex()
    return {"alg": _ALGORITHMS[name], "content": digest}
