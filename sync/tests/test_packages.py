"""Each package says what is in it, and says it of every file."""

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    "access",
    "document",
    "drawing",
    "programs",
    "rooms",
    "sockets",
    "storage",
    "wire",
]


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_lists_its_files(name: str) -> None:
    text = importlib.import_module(f"sync.{name}").__doc__ or ""
    listed = re.findall(r"^- `(\w+)`: ", text, re.MULTILINE)
    files = {path.stem for path in (ROOT / name).glob("*.py")} - {"__init__"}
    assert listed == sorted(files)


def test_few_files_stand_beside_the_packages() -> None:
    assert len(list(ROOT.glob("*.py"))) <= 12


def test_the_walk_of_an_update_names_functions_that_exist() -> None:
    docs = ROOT.parent / "docs"
    links = re.findall(r"\[`([\w.]+)`\]\((\S+\.py)\)", (docs / "architecture.md").read_text())
    assert len(links) > 15
    for name, path in links:
        scope: list[ast.stmt] = ast.parse((docs / path).read_text()).body
        for part in name.split("."):
            found = [
                one
                for one in scope
                if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                and one.name == part
            ]
            assert found, f"{name} in {path}"
            scope = found[0].body
