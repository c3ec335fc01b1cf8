"""What the editor does not know: shown, moved and deleted with its group, and exported as it is."""

import json
from typing import Any

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PLACE = {"width": 160, "height": 90, "angle": 0, "groupIds": ["g"]}
HOLOGRAM: dict[str, Any] = {
    **{"id": "h", "type": "hologram", "x": 0, "y": 0, **PLACE, "depth": 7},
    **{"layers": [{"name": "one", "at": [1, 2, 3]}], "points": [[0, 0, 5]], "status": "done"},
}
BOX: dict[str, Any] = {
    **{"id": "b", "type": "rectangle", "x": 200, "y": 0, **PLACE, "fillStyle": "dots"},
    **{"backgroundColor": "#a5d8ff", "strokeOptions": {"taper": [1, 2]}},
}
FILE = json.dumps({"type": "excalidraw", "version": 9, "elements": [HOLOGRAM, BOX], "files": {}})
OWN = {"x", "y", "id", "groupIds", "index", "boundElements", "version", "versionNonce", "updated"}
_KEYS = "() => window.canvasBoard.flush()"

_PASTE = """text => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', text)
  document.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, clipboardData}))
}"""


def exported(server: Server, board: str) -> dict[str, dict[str, Any]]:
    """The elements of a board by type."""
    status, file = server.call("GET", f"boards/{board}/export", token=server.token("alice"))
    assert status == 200
    return {element["type"]: element for element in file["elements"]}


def assert_whole(element: dict[str, Any], original: dict[str, Any]) -> None:
    for key in original.keys() - OWN:
        assert element[key] == original[key], key


def assert_both_whole(elements: dict[str, dict[str, Any]]) -> None:
    assert_whole(elements["hologram"], HOLOGRAM)
    assert_whole(elements["rectangle"], BOX)


def place_of(page: BoardPage) -> tuple[float, float]:
    """Where the placeholder is, on the screen."""
    box = page.page.locator(".placeholder").bounding_box()
    assert box is not None
    return box["x"], box["y"]


def test_unknown_elements_are_shown_moved_deleted_and_exported_as_they_are(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.drop([["newer.excalidraw", "", FILE]])
    for page in (alice, bob):
        page.page.get_by_text("Unknown element: hologram").wait_for()
    alice.until_status("saved")
    before = exported(server, board)
    assert_both_whole(before)

    # Their group is selected, and goes where one of them is dragged.
    x, y = place_of(alice)
    alice.page.mouse.click(40, 700)
    alice.page.mouse.click(x + 1, y + 45)
    alice.page.mouse.move(x + 1, y + 45)
    alice.page.mouse.down()
    alice.page.mouse.move(x + 51, y + 105, steps=5)
    alice.page.mouse.up()
    until(lambda: place_of(bob)[1], lambda at: at > y + 30)
    alice.until_status("saved")
    moved = exported(server, board)
    for kind, element in moved.items():
        assert element["x"] > before[kind]["x"] + 20
    assert_both_whole(moved)

    for _ in range(50):
        alice.page.keyboard.press("ArrowRight")
        alice.page.keyboard.press("ArrowDown")
    alice.page.evaluate(_KEYS)
    alice.until_status("saved")
    until(
        lambda: exported(server, board), lambda now: now["hologram"]["x"] > moved["hologram"]["x"]
    )
    assert_both_whole(exported(server, board))

    alice.page.keyboard.press("Delete")
    until(lambda: exported(server, board), lambda now: now == {})
    bob.page.get_by_text("Unknown element").wait_for(state="detached")
    alice.page.keyboard.press("Control+z")
    until(lambda: exported(server, board), lambda now: len(now) == 2)
    assert_both_whole(exported(server, board))


def test_a_copy_of_an_unknown_element_and_a_file_of_it_are_whole(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.drop([["newer.excalidraw", "", FILE]])
    alice.page.get_by_text("Unknown element: hologram").wait_for()
    alice.page.mouse.move(640, 400)
    alice.page.keyboard.press("Control+d")
    until(lambda: alice.page.locator(".placeholder").count(), lambda count: count == 2)
    alice.page.keyboard.press("Delete")
    alice.page.locator(".placeholder").nth(1).wait_for(state="detached")

    alice.page.evaluate("window.canvasBoard.api.updateScene({appState: {selectedElementIds: {}}})")
    alice.page.get_by_test_id("main-menu-trigger").click()
    alice.page.get_by_text("Save as a file").click()
    with alice.page.expect_download() as download:
        alice.page.get_by_role("button", name="Save", exact=True).click()
    saved = json.loads(download.value.path().read_text())
    assert_both_whole({element["type"]: element for element in saved["elements"]})

    other = server.new_board()
    alice.open(other)
    alice.page.mouse.move(640, 400)
    alice.page.evaluate(_PASTE, FILE)
    alice.page.get_by_text("Unknown element: hologram").wait_for()
    alice.until_status("saved")
    until(lambda: exported(server, other), lambda now: len(now) == 2)
    assert_both_whole(exported(server, other))
