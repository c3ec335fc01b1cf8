"""What the documentation refers to exists: links, anchors, paths, tests, and its own pages."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "frontend" / "README.md"])
_LINK = re.compile(r"\]\(([^)#\s]*)(#[^)]*)?\)")
_FOLDERS = (
    "accounts|audit|boards|sync|canvas_project|proof|tests|bench|frontend/src|frontend/tests|docs"
)
_PATH = re.compile(rf"`((?:{_FOLDERS})/(?:[\w./-]+\.(?:py|tsx?|json|md)|[\w./-]+/(?=`)))")
_TEST = re.compile(r"`([\w./-]+\.(?:py|test\.tsx?))::([^`]+)`")
SUBSYSTEMS = (
    "accounts",
    "api",
    "audit",
    "chaos",
    "comments",
    "document",
    "engine",
    "frontend",
    "images",
    "limits",
    "moving",
    "notifications",
    "permissions",
    "presence",
    "protocol",
    "search",
    "sharing",
    "sign-in",
    "simulation",
    "spaces",
    "storage",
    "tokens",
    "versions",
    "workshop",
)


@cache
def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.replace(" ", "-") for word in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_path_leads_to_a_file(page: Path) -> None:
    text = page.read_text()
    broken = []
    for link, anchor in _LINK.findall(text):
        target = page.parent / link if link else page
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor[1:] not in anchors_of(target)):
            broken.append(link + anchor)
    broken += [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    assert broken == []


def test_each_typical_change_names_where_to_begin() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    table = text.split("| to change | look at | and |\n", 1)[1].split("\n\n", 1)[0]
    places = [row.split(" | ")[1] for row in table.splitlines()[1:]]
    assert len(places) == 11
    assert [place for place in places if not _PATH.search(place)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_test_that_is_named_exists(page: Path) -> None:
    missing = []
    for path, name in _TEST.findall(page.read_text()):
        text = (ROOT / path).read_text() if (ROOT / path).exists() else ""
        wanted = rf"^(async )?def {name}\(" if path.endswith(".py") else re.escape(name)
        if not re.search(wanted, text, re.MULTILINE):
            missing.append(f"{path}::{name}")
    assert missing == []


def test_every_promise_has_a_number_and_a_test() -> None:
    text = (ROOT / "docs" / "promises.md").read_text()
    promises = re.findall(r"^\| (\d+)\.(\d+) \| .+? \| (.*) \|$", text, re.MULTILINE)
    assert len(promises) >= 40
    assert len(promises) == len(re.findall(r"^\| \d", text, re.MULTILINE))
    parts = sorted({int(part) for part, _, _ in promises})
    assert parts == list(range(1, len(parts) + 1))
    for part in parts:
        numbers = [int(number) for of, number, _ in promises if int(of) == part]
        assert numbers == list(range(1, len(numbers) + 1))
    assert [f"{part}.{number}" for part, number, by in promises if not _TEST.search(by)] == []
    known = {f"{part}.{number}" for part, number, _ in promises}
    named = re.findall(r"\b\d\.\d+\b", (ROOT / "docs" / "threats.md").read_text())
    assert len(named) >= 10
    assert set(named) <= known


@pytest.mark.parametrize("name", SUBSYSTEMS)
def test_every_subsystem_names_tests_for_its_promises(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text()
    assert [
        part for part in ("How it fails", "How to test it") if f"\n## {part}\n" not in text
    ] == []
    assert len(_TEST.findall(text)) >= 5


def test_the_index_lists_every_page() -> None:
    for folder in (ROOT / "docs", ROOT / "docs" / "adr"):
        listed = {link for link, _ in _LINK.findall((folder / "README.md").read_text())}
        assert {page.name for page in folder.glob("*.md")} - {"README.md"} <= listed
