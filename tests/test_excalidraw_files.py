"""Drawings go from the published editor to a board and back, by REST and dropped on the page.

What counts as the same drawing is written in `sync/tests/real_files.py`.
"""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser

from sync.tests.real_files import comparable, read
from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.patience import patient
from tests.server import Server, until
from tests.stock_editor import stock_editor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_DROP = """text => {
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([text], 'real.excalidraw'))
  const where = {bubbles: true, cancelable: true, clientX: 640, clientY: 400, dataTransfer}
  document.querySelector('canvas.interactive').dispatchEvent(new DragEvent('drop', where))
}"""
_ELEMENTS = "() => window.canvasBoard.api.getSceneElements()"


def exported(server: Server, board: str) -> dict[str, Any]:
    status, file = server.call("GET", f"boards/{board}/export", token=server.token("alice"))
    assert status == 200
    return dict(file)


def made_of(server: Server, picture: bytes, kind: str) -> str:
    """The id of a new board from a picture."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/boards/import?title=Picture",
        data=picture,
        headers={"Content-Type": kind, "Authorization": f"Bearer {server.token('alice')}"},
    )
    with urllib.request.urlopen(request, timeout=patient(20)) as response:
        return str(json.loads(response.read())["id"])


def from_origin(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Comparable elements, with positions relative to the first.

    A null property equals a missing one: the editor fills both in.
    """
    x, y = elements[0]["x"], elements[0]["y"]
    return [
        {key: value for key, value in element.items() if value is not None}
        | {"x": round(element["x"] - x, 6), "y": round(element["y"] - y, 6)}
        for element in elements
    ]


def test_a_drawing_comes_back_to_the_published_editor(browser: Browser, server: Server) -> None:
    with stock_editor(browser) as editor:
        editor.draw()
        drawn = editor.save()
        assert len(comparable(drawn)) == len(comparable(read("drawn")))
        for kind, picture in editor.pictures().items():
            board = made_of(server, picture, kind)
            assert comparable(exported(server, board)) == comparable(drawn), kind
        for file in (drawn, read("composed")):
            board = server.new_board()
            path = f"boards/{board}/import"
            status, answer = server.call("POST", path, file, server.token("alice"))
            assert status == 200, answer
            out = exported(server, board)
            assert comparable(out) == comparable(file)
            was, became = editor.opened(file), editor.opened(out)
            assert comparable(became) == comparable(was)
            assert became["background"] == was["background"]
            assert became["files"].keys() == was["files"].keys()


@pytest.mark.parametrize("name", ["drawn", "composed"])
def test_a_file_dropped_on_a_board_is_the_same_for_everybody(
    server: Server, open_page: OpenPage, name: str
) -> None:
    board, file = server.new_board(bob="edit"), read(name)
    alice, bob = (open_page(server).sign_in(who).open(board) for who in ("alice", "bob"))
    drop_file(alice, file)
    count = len(comparable(file))
    until(bob.scene, lambda scene: len(scene) == count)
    alice.until_status("saved")
    for elements in (exported(server, board)["elements"], elements_on(alice), elements_on(bob)):
        assert from_origin(comparable({"elements": elements})) == from_origin(comparable(file))


def drop_file(page: BoardPage, file: dict[str, Any]) -> None:
    """Drops it on the middle of the canvas."""
    page.page.evaluate(_DROP, json.dumps(file))


def elements_on(page: BoardPage) -> list[dict[str, Any]]:
    """What the canvas shows."""
    return list(page.page.evaluate(_ELEMENTS))
