"""What an open page takes over from the server: access level and title."""

import pytest
from playwright.sync_api import WebSocket

from tests.conftest import OpenPage
from tests.page import PNG, BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

REFUSED = "Nothing was changed: you don't have edit access to this board."

_FILE = """ids => JSON.stringify({type: 'excalidraw', version: 2, elements: ids.map((id, at) => ({
  id, type: 'ellipse', x: 90 * at, y: 900, width: 70, height: 50, angle: 0, seed: 1,
  strokeColor: '#e03131', backgroundColor: 'transparent', fillStyle: 'solid', strokeWidth: 2,
  strokeStyle: 'solid', roughness: 1, opacity: 100, groupIds: [], frameId: null, roundness: null,
  boundElements: null, link: null, locked: false, isDeleted: false, version: 99, versionNonce: 7,
})), appState: {viewBackgroundColor: '#ffc9c9'}, files: {}})"""
_PASTE = """text => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', text)
  document.body.dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData}))
}"""
_REPLACE = """file => window.canvasBoard.api.updateScene({
  elements: JSON.parse(file).elements.map((one, at) => ({...one, index: 'a' + at})),
  appState: {viewBackgroundColor: '#ffc9c9'}, captureUpdate: 'IMMEDIATELY',
})"""
_LOOK = """() => ({
  elements: window.canvasBoard.api.getSceneElements()
    .map(({id, x, y, strokeColor}) => ({id, x, y, strokeColor})),
  background: window.canvasBoard.api.getAppState().viewBackgroundColor,
})"""
_VIEW_MODE = "() => window.canvasBoard.api.getAppState().viewModeEnabled"


def set_level(server: Server, board: str, level: str) -> None:
    """The owner changes the only permission of the board."""
    token = server.token("alice")
    rows = server.call("GET", f"boards/{board}/permissions", token=token)[1]
    rows = rows["results"] if isinstance(rows, dict) else rows
    path = f"boards/{board}/permissions/{rows[0]['id']}"
    assert server.call("PATCH", path, {"level": level}, token)[0] == 200


def is_viewing(page: BoardPage) -> bool:
    """Whether the editor is read-only."""
    return bool(page.page.evaluate(_VIEW_MODE))


def test_a_level_changes_in_place_without_a_reload(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    first = bob.draw_rectangle(400, 300)
    bob.until_status("Saved")
    bob.page.evaluate("() => { window.stillTheSamePage = true }")

    set_level(server, board, "view")
    until(lambda: is_viewing(bob), lambda viewing: viewing)
    bob.until_status("View only")
    bob.page.get_by_text("you can view this board now").wait_for()
    bob.page.keyboard.press("r")
    bob.drag((600, 500), (700, 600))
    live = alice.draw_rectangle(700, 300)
    until(bob.scene, lambda scene: {element["id"] for element in scene} == {first, live})

    set_level(server, board, "edit")
    until(lambda: is_viewing(bob), lambda viewing: not viewing)
    bob.until_status("Saved", seconds=40)
    second = bob.draw_rectangle(600, 550)
    alice.until_content(lambda content: set(content) == {first, live, second})
    assert bob.page.evaluate("() => window.stillTheSamePage") is True


def test_a_new_title_is_seen_by_everybody(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    bob = open_page(server).sign_in("bob")
    told: list[str | bytes] = []

    def note(frame: str | bytes) -> None:
        told.append(frame)

    def watch(socket: WebSocket) -> None:
        if "/ws/events/" in socket.url:
            socket.on("framereceived", note)

    bob.page.on("websocket", watch)
    bob.open(board)
    until(lambda: (bob.page.title(), len(told)), lambda found: found[1] > 0)
    body = {"title": "A better name"}
    assert server.call("PATCH", f"boards/{board}", body, server.token("alice"))[0] == 200
    bob.page.get_by_role("heading", name="A better name").wait_for()
    assert bob.page.title() == "A better name · Canvas"


@pytest.mark.parametrize("level", ["view", "comment"])
def test_nothing_gets_into_the_editor_without_edit_access(
    server: Server, open_page: OpenPage, level: str
) -> None:
    board = server.new_board(bob=level)
    alice = open_page(server).sign_in("alice").open(board)
    drawn = alice.draw_rectangle(400, 300)
    alice.until_status("Saved")
    bob = open_page(server).sign_in("bob").open(board)
    until(bob.scene, lambda scene: [element["id"] for element in scene] == [drawn])
    before = bob.page.evaluate(_LOOK)
    file = bob.page.evaluate(_FILE, [drawn, "foreign"])
    drawing = ["a.excalidraw", "", file]
    image = ["a.png", "image/png", PNG]

    def ways() -> None:
        """Every way in; each says that nothing was changed, and nothing is."""
        for way in (
            lambda: bob.drop([drawing]),
            lambda: bob.drop([["a.excalidrawlib", "", '{"type":"excalidrawlib","library":[]}']]),
            lambda: bob.drop([image, drawing]),
            lambda: bob.drop([], "https://www.youtube.com/watch?v=gkGMXY0wekg"),
            lambda: bob.page.evaluate(_PASTE, "some words"),
            lambda: bob.page.keyboard.press("r"),
            lambda: bob.page.keyboard.press("Delete"),
            lambda: bob.page.keyboard.press("Control+z"),
            lambda: bob.page.mouse.dblclick(700, 600),
            lambda: bob.page.evaluate(_REPLACE, file),
        ):
            bob.page.evaluate("() => window.canvasBoard.api.setToast(null)")
            until(lambda: bob.page.get_by_text(REFUSED).count(), lambda count: count == 0)
            way()
            bob.page.get_by_text(REFUSED).wait_for()
            until(lambda: bob.page.evaluate(_LOOK), lambda look: look == before)

    ways()
    # Beside the canvas too: the browser would open the file in place of the board.
    assert bob.drop([drawing], target=".board-title")
    bob.drag((300, 200), (700, 600))
    live = alice.draw_rectangle(700, 300)
    until(bob.scene, lambda scene: [element["id"] for element in scene] == [drawn, live])

    set_level(server, board, "edit")
    until(lambda: is_viewing(bob), lambda viewing: not viewing)
    bob.until_status("Saved", seconds=40)
    for keys in ("Control+z", "Control+Shift+z"):
        bob.page.keyboard.press(keys)
    mine = bob.draw_rectangle(600, 550)
    content = alice.until_content(lambda content: mine in content)
    assert set(content) == {drawn, live, mine}
    assert content[drawn]["type"] == "rectangle"
    assert not content[drawn].get("del")
    assert alice.page.evaluate(_LOOK)["background"] == before["background"]
