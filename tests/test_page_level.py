"""What an open page takes over from the server: access level and title."""

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

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
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.get_by_role("heading", name="Test").wait_for()
    bob.wait(500)  # the events socket is there
    body = {"title": "A better name"}
    assert server.call("PATCH", f"boards/{board}", body, server.token("alice"))[0] == 200
    bob.page.get_by_role("heading", name="A better name").wait_for()
    assert bob.page.title() == "A better name · Canvas"
