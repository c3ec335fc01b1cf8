"""Each package says what is in it, and says it of every file."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_LISTED = {"api", "admin", "management", "migrations", "models", "templatetags", "tests"}
"""Packages as Django has them. Their files are found by their names."""
PACKAGES = sorted(
    path.parent.relative_to(ROOT)
    for app in ("accounts", "boards", "sync")
    for path in ROOT.glob(f"{app}/*/__init__.py")
    if path.parent.name not in NOT_LISTED
)


@pytest.mark.parametrize("package", [*PACKAGES, Path("boards/api")], ids=str)
def test_a_package_lists_its_files(package: Path) -> None:
    text = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text())) or ""
    listed = re.findall(r"^- `(\w+)`: ", text, re.MULTILINE)
    files = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    assert listed == sorted(files)


@pytest.mark.parametrize("app", ["accounts", "boards", "sync"])
def test_an_app_lists_its_packages(app: str) -> None:
    text = ast.get_docstring(ast.parse((ROOT / app / "__init__.py").read_text())) or ""
    entries = re.findall(r"^- (.*?): ", text, re.MULTILINE)
    listed = {name for entry in entries for name in re.findall(r"`(\w+)`", entry)}
    assert {package.name for package in PACKAGES if package.parent.name == app} <= listed


@pytest.mark.parametrize("app", ["accounts", "boards", "sync"])
def test_few_files_stand_beside_the_packages(app: str) -> None:
    assert len(list((ROOT / app).glob("*.py"))) <= 12


def test_the_walk_of_an_update_names_functions_that_exist() -> None:
    docs = ROOT / "docs"
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
