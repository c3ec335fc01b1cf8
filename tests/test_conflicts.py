"""Edits made without knowledge of each other, in real browsers: shown, and resolved."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]

_CONFLICTS = """() => window.canvasBoard.conflicts().map(({ key, sides, shownSide, edited }) => ({
  key, edited, shown: sides[shownSide]?.name ?? null,
  values: Object.fromEntries(sides.map(({ name, value }) => [name, value])),
}))"""


def conflicts(page: BoardPage) -> list[dict[str, Any]]:
    """The open conflicts as the page lists them."""
    return list(page.page.evaluate(_CONFLICTS))


def both_offline(server: Server, open_page: OpenPage) -> tuple[BoardPage, BoardPage, str]:
    """Alice and Bob on one board with one rectangle, both offline."""
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    shape = alice.draw_rectangle(400, 300)
    until(bob.scene, lambda scene: len(scene) == 1)
    for page in (alice, bob):
        page.until_status("Saved")
        page.go_offline()
    return alice, bob, shape


def one_after_the_other(alice: BoardPage, bob: BoardPage) -> None:
    """Alice reconnects first: hers is the online value."""
    alice.go_online()
    alice.until_status("Saved", seconds=40)
    bob.go_online()
    bob.until_status("Saved", seconds=40)


def move(page: BoardPage, x: float, y: float) -> list[float]:
    """Drags the rectangle that was drawn at (400, 300); returns where it is then."""
    page.select(400, 340)
    page.drag((400, 340), (400 + x, 340 + y))
    page.page.keyboard.press("Escape")
    page.page.evaluate("() => window.canvasBoard.flush()")
    (element,) = page.content().values()
    return list(element["pos"])


def moved_by_both(
    server: Server, open_page: OpenPage
) -> tuple[BoardPage, BoardPage, str, list[float], list[float]]:
    """One shape moved to two places, and both people back online."""
    alice, bob, shape = both_offline(server, open_page)
    hers = move(alice, 150, 0)
    his = move(bob, 0, 150)
    assert hers != his
    one_after_the_other(alice, bob)
    for page in (alice, bob):
        found = until(lambda page=page: conflicts(page), lambda found: len(found) == 1)
        assert found == [
            {
                "key": f"{shape}/pos",
                "edited": [],
                "shown": "Alice",
                "values": {"Alice": hers, "Bob": his},
            }
        ]
        assert page.content()[shape]["pos"] == hers
    return alice, bob, shape, hers, his


def open_panel(page: BoardPage) -> None:
    """Opens the list from the top bar."""
    page.page.get_by_role("button", name="1 conflict").click()
    page.page.get_by_role("complementary", name="1 conflict").wait_for()


def settled(*pages: BoardPage) -> None:
    """No conflict is left, and nobody is asked."""
    for page in pages:
        until(lambda page=page: conflicts(page), lambda found: found == [])
        until(lambda page=page: page.page.locator(".board-conflicts").count(), lambda n: n == 0)


@pytest.mark.parametrize("choice", ["Keep mine", "Keep theirs"])
def test_one_shape_moved_by_two_is_asked_about_once_and_keeps_what_is_chosen(
    server: Server, open_page: OpenPage, choice: str
) -> None:
    alice, bob, shape, hers, his = moved_by_both(server, open_page)
    open_panel(bob)
    bob.page.get_by_role("button", name=choice, exact=True).click()
    settled(alice, bob)
    wanted = his if choice == "Keep mine" else hers
    for page in (alice, bob):
        page.until_content(lambda content: content[shape]["pos"] == wanted)
        until(page.scene, lambda scene: [scene[0]["x"], scene[0]["y"]] == wanted)


def test_a_mark_on_the_shape_leads_to_the_choice(server: Server, open_page: OpenPage) -> None:
    alice, bob, shape, *_ = moved_by_both(server, open_page)
    mark = bob.page.get_by_role("button", name="People disagree about Rectangle")
    box = mark.bounding_box()
    assert box is not None
    # At the upper right corner of the shape, wherever that is on the screen.
    corner = bob.page.evaluate(
        """id => {
          const {api} = window.canvasBoard
          const {x, y, width} = api.getSceneElements().find(e => e.id === id)
          const {scrollX, scrollY, zoom, offsetLeft, offsetTop} = api.getAppState()
          return [(x + width + scrollX) * zoom.value + offsetLeft,
            (y + scrollY) * zoom.value + offsetTop]
        }""",
        shape,
    )
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert all(abs(a - b) < 2 for a, b in zip(middle, corner, strict=True)), (middle, corner)
    mark.click()
    item = bob.page.get_by_role("listitem", name="Position of Rectangle")
    expect(item.get_by_role("button").first).to_be_focused()
    bob.page.get_by_role("button", name="Keep mine").click()
    for page in (alice, bob):
        expect(page.page.get_by_role("button", name="People disagree")).to_have_count(0)


def test_keeping_both_leaves_the_shape_in_both_places(server: Server, open_page: OpenPage) -> None:
    alice, bob, shape, hers, his = moved_by_both(server, open_page)
    open_panel(alice)
    alice.page.get_by_role("button", name="Keep both").click()
    settled(alice, bob)
    for page in (alice, bob):
        scene = until(page.scene, lambda scene: len(scene) == 2)
        assert sorted([e["x"], e["y"]] for e in scene) == sorted([hers, his])
        assert page.content()[shape]["pos"] == hers


def test_the_keyboard_reaches_the_choice_and_the_other_value_is_previewed(
    server: Server, open_page: OpenPage
) -> None:
    alice, bob, shape, _, his = moved_by_both(server, open_page)
    button = bob.page.get_by_role("button", name="1 conflict")
    button.focus()
    bob.page.keyboard.press("Enter")
    bob.page.get_by_role("complementary", name="1 conflict").wait_for()
    mine = bob.page.get_by_role("button", name="Keep mine", exact=True)
    for _press in range(8):
        bob.page.keyboard.press("Tab")
        if mine.evaluate("button => button === document.activeElement"):
            break
    until(lambda: bob.page.locator(".board-ghost svg").count(), lambda count: count == 1)
    bob.page.keyboard.press("Enter")
    settled(alice, bob)
    assert bob.page.locator(".board-ghost svg").count() == 0
    alice.until_content(lambda content: content[shape]["pos"] == his)
    expect(bob.page.get_by_role("heading", name="0 conflicts")).to_be_focused()


def test_moving_the_shape_again_is_a_choice_too(server: Server, open_page: OpenPage) -> None:
    alice, bob, shape, hers, _ = moved_by_both(server, open_page)
    alice.select(550, 340)
    alice.drag((550, 340), (600, 340))
    settled(alice, bob)
    bob.until_content(lambda content: content[shape]["pos"] == [hers[0] + 50, hers[1]])


def test_colour_and_move_are_no_conflict(server: Server, open_page: OpenPage) -> None:
    alice, bob, shape = both_offline(server, open_page)
    moved = move(alice, 150, 0)
    bob.select(400, 340)
    bob.colour("#e03131")
    bob.page.evaluate("() => window.canvasBoard.flush()")
    one_after_the_other(alice, bob)
    for page in (alice, bob):
        content = page.until_content(lambda content: content[shape]["strokeColor"] == "#e03131")
        assert content[shape]["pos"] == moved
    settled(alice, bob)
    assert alice.page.evaluate("() => window.canvasBoard.doc.getMap('conflicts').size") == 0


def test_a_long_stretch_offline_is_decided_at_once(server: Server, open_page: OpenPage) -> None:
    alice, bob, shape = both_offline(server, open_page)
    move(alice, 150, 0)
    his = move(bob, 0, 150)
    for page, colour in ((alice, "#1971c2"), (bob, "#e03131")):
        page.page.keyboard.press("Control+a")
        page.colour(colour)
        page.page.evaluate("() => window.canvasBoard.flush()")
    one_after_the_other(alice, bob)
    until(lambda: conflicts(bob), lambda found: len(found) == 2)
    bob.page.get_by_role("button", name="2 conflicts").click()
    bob.page.get_by_role("button", name="Keep all mine").click()
    settled(alice, bob)
    for page in (alice, bob):
        content = page.until_content(lambda content: content[shape]["pos"] == his)
        assert content[shape]["strokeColor"] == "#e03131"


def test_deleted_offline_and_moved_online_stays_until_somebody_decides(
    server: Server, open_page: OpenPage
) -> None:
    alice, bob, shape = both_offline(server, open_page)
    move(alice, 150, 0)
    bob.select(400, 340)
    bob.page.keyboard.press("Delete")
    bob.page.evaluate("() => window.canvasBoard.flush()")
    one_after_the_other(alice, bob)
    for page in (alice, bob):
        (found,) = until(lambda page=page: conflicts(page), lambda found: len(found) == 1)
        assert found["key"] == f"{shape}/del"
        assert found["shown"] == "Alice"
        assert found["edited"] == ["pos"]
        until(page.scene, lambda scene: [e["id"] for e in scene] == [shape])
    open_panel(bob)
    bob.page.get_by_role("button", name="Keep mine", exact=True).click()
    settled(alice, bob)
    until(alice.scene, lambda scene: scene == [])


def test_moved_offline_and_deleted_online_can_be_brought_back(
    server: Server, open_page: OpenPage
) -> None:
    alice, bob, shape = both_offline(server, open_page)
    alice.select(400, 340)
    alice.page.keyboard.press("Delete")
    alice.page.evaluate("() => window.canvasBoard.flush()")
    his = move(bob, 0, 150)
    one_after_the_other(alice, bob)
    for page in (alice, bob):
        (found,) = until(lambda page=page: conflicts(page), lambda found: len(found) == 1)
        assert (found["key"], found["shown"]) == (f"{shape}/del", "Alice")
        until(page.scene, lambda scene: scene == [])
    open_panel(bob)
    bob.page.get_by_role("button", name="Keep mine", exact=True).click()
    settled(alice, bob)
    for page in (alice, bob):
        scene = until(page.scene, lambda scene: len(scene) == 1)
        assert [scene[0]["x"], scene[0]["y"]] == his
