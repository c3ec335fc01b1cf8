"""What others did while someone was away: announced, shown, and restored."""

import pytest

from tests.conftest import OpenPage
from tests.kept import until_stored
from tests.page import BoardPage, until_open
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]


def notice(page: BoardPage) -> str:
    """What the line under the top bar says; empty when there is none."""
    found = page.page.get_by_text("While you were away:")
    return found.inner_text() if found.count() else ""


def draw_and_leave(page: BoardPage, server: Server, board: str) -> None:
    """Changes one, deletes one and creates one element."""
    page.select(400, 340)
    page.drag((400, 340), (400, 540))
    page.select(700, 340)
    page.page.keyboard.press("Delete")
    page.draw_rectangle(900, 300, 80, 60)
    page.until_status("Saved")


@pytest.mark.parametrize("is_closed", [False, True], ids=["without network", "page closed"])
def test_who_returns_is_told_who_did_what_and_can_restore_what_was_deleted(
    server: Server, open_page: OpenPage, is_closed: bool
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    kept = alice.draw_rectangle(400, 300)
    deleted = alice.draw_rectangle(700, 300)
    bob = open_page(server).sign_in("bob").open(board)
    until(bob.scene, lambda scene: len(scene) == 2)
    bob.until_status("Saved")
    until_stored(bob, "seen")

    if is_closed:
        bob.page.close()
    else:
        bob.go_offline()
        bob.until_status("offline")
    draw_and_leave(alice, server, board)
    by_program = {"create": [{"type": "ellipse", "x": 300, "y": 100}]}
    path = f"boards/{board}/elements"
    assert server.call("POST", path, by_program, server.token("alice"))[0] == 200
    alice.wait(5000)  # shorter absences are not told
    if is_closed:
        bob.page = bob.context.new_page()
        bob.open(board)
    else:
        bob.go_online()

    told = until(lambda: notice(bob), lambda text: "Alice" in text, 40)
    assert told == "While you were away: Alice created 2, changed 1 and deleted 1"
    bob.page.get_by_role("button", name="Show", exact=True).click()
    panel = bob.page.get_by_role("complementary", name="While you were away")
    assert panel.get_by_role("listitem").count() == 4
    for _change in range(3):
        panel.get_by_role("button", name="Next").click()
        assert panel.locator("[aria-current=true]").count() == 1

    panel.get_by_role("button", name="Restore").click()
    content = alice.until_content(lambda content: not content[deleted].get("del"))
    assert not content[kept].get("del")
    until(alice.scene, lambda scene: deleted in [element["id"] for element in scene])
    panel.get_by_role("button", name="Dismiss all").click()
    until(lambda: notice(bob), lambda text: text == "")

    until_stored(bob, "seen")
    bob.page.reload()
    until_open(bob.page)
    assert notice(bob) == ""


def test_ones_own_work_on_another_device_is_nothing_to_be_told(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    here = open_page(server).sign_in("alice").open(board)
    there = open_page(server).sign_in("alice").open(board)
    here.go_offline()
    here.until_status("offline")
    there.draw_rectangle(400, 300)
    there.wait(5500)  # shorter absences are not told
    here.go_online()
    until(here.scene, lambda scene: len(scene) == 1, 40)
    here.until_status("Saved", seconds=40)
    assert notice(here) == ""
