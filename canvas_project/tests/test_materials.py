"""What the product is made of: every package is listed, and has a licence that is taken."""

import json
import re
from pathlib import Path

import pytest

from canvas_project import __version__
from deploy.sbom import licences
from deploy.sbom.materials import bill

ROOT = Path(__file__).resolve().parents[2]
LOCKS = (*licences.PYTHON_LOCKS, *licences.PYTHON_TOOLS)
NPM_LOCKS = (licences.NPM_LOCK, *licences.NPM_TOOLS)


@pytest.mark.parametrize("lock", [*LOCKS, *NPM_LOCKS])
def test_every_package_has_a_licence_that_is_taken(lock: str) -> None:
    read = licences.python_packages if lock in LOCKS else licences.npm_packages
    packages = list(read(lock))
    assert packages
    wrong = [one for one in packages if not licences.is_taken(one.licence, for_tools=one.is_tool)]
    assert wrong == [], "see deploy/sbom/licences.py"


@pytest.mark.parametrize(
    ("licence", "is_taken"),
    [
        *(("MIT", True), ("(MIT AND Zlib)", True), ("GPL-3.0-only OR MIT", True)),
        *(("MIT AND GPL-3.0-only", False), ("AGPL-3.0-only", False), ("", False)),
        ("WTFPL", False),
    ],
)
def test_another_licence_is_refused(licence: str, is_taken: bool) -> None:
    assert licences.is_taken(licence) == is_taken


def test_what_is_stated_is_said_by_no_program() -> None:
    locked = {one.name for lock in LOCKS for one in licences.python_packages(lock)}
    locked |= {one.name for lock in NPM_LOCKS for one in licences.npm_packages(lock)}
    assert licences.STATED.keys() <= locked


def test_the_documentation_names_the_licences() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text().split("## Licences", 1)[1]
    of_product, of_tools = re.findall(r"^\| (?:product|tools) \| (.+?) \|", text, re.MULTILINE)
    assert set(of_product.split(", ")) == licences.TAKEN
    assert set(of_tools.split(", ")) == licences.TAKEN_FOR_TOOLS - licences.TAKEN


def test_the_bill_is_the_lock_files() -> None:
    made = bill()
    found = {(one["purl"].split("/")[0], one["name"], one["version"]) for one in made["components"]}
    python = {
        ("pkg:pypi", one.name, one.version)
        for lock in licences.PYTHON_LOCKS
        for one in licences.python_packages(lock)
    }
    npm = {
        ("pkg:npm", one.name, one.version)
        for one in licences.npm_packages(licences.NPM_LOCK)
        if not one.is_tool
    }
    assert found == python | npm
    assert ("pkg:npm", "react", "18.3.1") in found
    assert not [name for _, name, _ in found if name in ("vite", "pytest", "sass")]
    for one in made["components"]:
        assert one["externalReferences"][0]["hashes"], one
        assert one["scope"] == "optional" or one["licenses"], one


def test_the_bill_says_of_which_version_it_is() -> None:
    assert bill()["metadata"]["component"]["version"] == __version__
    assert json.loads((ROOT / "frontend" / "package.json").read_text())["version"] == __version__
