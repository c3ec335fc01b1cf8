"""Links and paths in the documentation lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "frontend" / "README.md"])
_LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
_PATH = re.compile(
    r"`((?:audit|boards|sync|canvas_project|tests|bench|frontend/src|frontend/tests|docs)/[\w./-]+\.(?:py|tsx?|json|md))"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_path_leads_to_a_file(page: Path) -> None:
    text = page.read_text()
    links = [link for link, _ in _LINK.findall(text) if "://" not in link]
    broken = [link for link in links if not (page.parent / link).exists()]
    broken += [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    assert broken == []
