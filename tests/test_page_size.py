"""What a board loads before it is shown: little, and only from its own host."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import ROOT, Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

DIST = ROOT / "frontend" / "dist"
MAX_INITIAL_BYTES = 450_000


def initial_scripts() -> set[Path]:
    """The scripts without which no board is shown: the entry, and the page that it imports."""
    manifest: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
    found: set[str] = set()
    names = ["src/board.tsx", "src/page/main.tsx"]
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += manifest[name].get("imports", [])
    return {DIST / manifest[name]["file"] for name in found}


def test_the_scripts_of_a_board_stay_small() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in initial_scripts()}
    assert sum(sizes.values()) < MAX_INITIAL_BYTES, sizes


def test_the_large_font_comes_with_the_first_text_that_needs_it(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server)
    # A worker loads everything beforehand; what the page itself asks for is seen without one.
    alice.page.add_init_script("delete Navigator.prototype.serviceWorker")
    requests: list[str] = []
    alice.page.on("request", lambda request: requests.append(request.url))
    alice.sign_in("alice").open(board)
    loaded = {path for path in initial_scripts() if any(path.name in url for url in requests)}
    assert loaded == initial_scripts()
    write(alice, "Plan")
    assert [url for url in requests if "iaolai" in url] == []
    write(alice, "计划")
    loaded_faces = """() => [...document.fonts].filter(
      face => face.family === 'Xiaolai' && face.status === 'loaded').length"""
    until(lambda: alice.page.evaluate(loaded_faces), lambda count: 0 < count < 5)


def write(page: BoardPage, words: str) -> None:
    """Puts a text on the canvas."""
    before = len(page.scene())
    page.page.mouse.dblclick(400, 250 + 100 * before)
    page.page.keyboard.insert_text(words)
    page.page.keyboard.press("Escape")
    until(page.scene, lambda scene: len(scene) > before)
