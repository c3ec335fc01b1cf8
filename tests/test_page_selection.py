"""The bar at what is selected, and the comment tool beside the editor's own."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import OpenPage
from tests.note_pages import begin, notes
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

BOXES = [
    {"id": "a", "type": "rectangle", "x": 500, "y": 300, "width": 100, "height": 60},
    {"id": "b", "type": "ellipse", "x": 700, "y": 420, "width": 60, "height": 60},
    {"id": "c", "type": "diamond", "x": 620, "y": 560, "width": 80, "height": 80},
]
_SELECTED = """() => Object.entries(window.canvasBoard.api.getAppState().selectedElementIds)
  .filter(([, isSelected]) => isSelected).map(([id]) => id).sort()"""

_FOCUSED_IN_THE_SAME_TASK = """async button => {
  button.click()
  for (let turn = 0; turn < 10; turn++) await null  // microtasks, as at the end of an event
  return document.activeElement.tagName
}"""

_CORNER = """id => {
  const { api } = window.canvasBoard
  const { scrollX, scrollY, zoom, offsetLeft, offsetTop } = api.getAppState()
  const { x, y } = api.getSceneElements().find(element => element.id === id)
  return [(x + scrollX) * zoom.value + offsetLeft, (y + scrollY) * zoom.value + offsetTop]
}"""


def filled(server: Server, **people: str) -> str:
    """A board with three shapes."""
    board = server.new_board(**people)
    token = server.token("alice")
    answer = server.call("POST", f"boards/{board}/elements", {"create": BOXES}, token)
    assert answer[0] == 200, answer
    return board


def bar(page: BoardPage) -> Locator:
    """The bar."""
    return page.page.get_by_role("toolbar", name=page.word("What is selected"))


def press(page: BoardPage, name: str) -> None:
    """Presses a button of the bar."""
    bar(page).get_by_role("button", name=name, exact=True).click()


def shapes(page: BoardPage) -> list[dict[str, Any]]:
    """The shapes as the editor has them."""
    return list(page.page.evaluate("() => window.canvasBoard.api.getSceneElements()"))


def middles(page: BoardPage) -> dict[str, list[float]]:
    """Where the middles of the shapes are in the document."""
    content = page.content()
    return {
        id: [content[id]["pos"][axis] + content[id]["size"][axis] / 2 for axis in (0, 1)]
        for id in "abc"
    }


def groups(page: BoardPage) -> list[int]:
    """In how many groups each shape is."""
    return [len(one["groupIds"]) for one in shapes(page)]


@pytest.mark.parametrize(
    ("locale", "centre", "spread"),
    [
        ("en", "Center vertically", "Distribute vertically"),
        ("de-DE", "Vertikal zentrieren", "Vertikal verteilen"),
    ],
)
def test_several_are_aligned_and_grouped(
    server: Server, open_page: OpenPage, locale: str, centre: str, spread: str
) -> None:
    board = filled(server, bob="edit")
    alice = open_page(server, locale=locale).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    before = middles(alice)
    expect(bar(alice)).to_have_count(0)
    alice.page.keyboard.press("Control+a")
    press(alice, alice.word("Align"))
    press(alice, centre)
    until(lambda: middles(bob), lambda at: at["a"][1] == at["b"][1] == at["c"][1])
    assert {id: at[0] for id, at in middles(bob).items()} == {
        id: at[0] for id, at in before.items()
    }
    alice.page.keyboard.press("Control+z")
    until(lambda: middles(bob), lambda at: at == before)
    expect(bar(alice).get_by_role("button", name=spread)).to_be_visible()

    # Escape closes what is open first.
    alice.page.keyboard.press("Escape")
    expect(bar(alice).get_by_role("button", name=spread)).to_have_count(0)
    alice.page.keyboard.press("Control+a")
    press(alice, "Group selection" if locale == "en" else "Auswahl gruppieren")
    until(lambda: groups(bob), lambda depths: depths == [1, 1, 1])
    press(alice, "Ungroup selection" if locale == "en" else "Gruppierung aufheben")
    until(lambda: groups(bob), lambda depths: depths == [0, 0, 0])


def test_it_stands_at_the_selection_and_out_of_the_way(server: Server, open_page: OpenPage) -> None:
    board = filled(server, bob="comment")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    mouse = alice.page.mouse
    left, top = alice.page.evaluate(_CORNER, "a")
    alice.select(left, top + 30)
    place = bar(alice).bounding_box()
    assert place is not None
    assert top - 100 < place["y"] + place["height"] < top - 20
    assert left - 100 < place["x"] + place["width"] / 2 < left + 150
    # not while the shape is moved
    mouse.move(left, top + 20)
    mouse.down()
    mouse.move(left + 60, top + 90, steps=5)
    expect(bar(alice)).to_have_count(0)
    mouse.up()
    expect(bar(alice)).to_be_visible()
    moved = bar(alice).bounding_box()
    assert moved is not None
    assert moved["y"] - place["y"] == pytest.approx(70, abs=4)
    # nor while its text is written
    alice.page.keyboard.press("Enter")
    expect(bar(alice)).to_have_count(0)
    alice.page.keyboard.press("Escape")
    # Readers have none.
    left, top = bob.page.evaluate(_CORNER, "b")
    bob.page.mouse.click(left + 30, top + 1)
    expect(bar(bob)).to_have_count(0)


def test_colours_and_locks(server: Server, open_page: OpenPage) -> None:
    board = filled(server, bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.page.keyboard.press("Control+a")
    press(alice, "Colours")
    press(alice, "Stroke: Red")
    press(alice, "Background: Light blue")

    def colours(page: BoardPage) -> set[tuple[Any, Any]]:
        return {(one["strokeColor"], one["backgroundColor"]) for one in shapes(page)}

    until(lambda: colours(bob), lambda seen: seen == {("#e03131", "#a5d8ff")})
    expect(bar(alice).get_by_role("button", name="Stroke: Red")).to_have_attribute(
        "aria-pressed", "true"
    )
    alice.page.keyboard.press("Control+z")
    until(lambda: colours(bob), lambda seen: seen == {("#e03131", "transparent")})
    press(alice, "Lock")
    until(lambda: [one["locked"] for one in shapes(bob)], all)
    press(alice, "Unlock")
    until(lambda: [one["locked"] for one in shapes(bob)], lambda locked: not any(locked))


def test_notes_have_their_own_colours_there(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    begin(alice)
    alice.page.keyboard.type("Idea")
    alice.page.keyboard.press("Escape")
    press(alice, "Pink")
    until(lambda: [note["colour"] for note in notes(alice)], lambda seen: seen == ["#fcc2d7"])
    expect(bar(alice).get_by_role("button", name="Pink")).to_have_attribute("aria-pressed", "true")
    # and the next one has it, too
    begin(alice, 800, 350)
    alice.page.keyboard.type("Another")
    alice.page.keyboard.press("Escape")
    until(lambda: [note["colour"] for note in notes(alice)], lambda seen: seen == ["#fcc2d7"] * 2)


def test_a_comment_begins_at_what_is_selected(server: Server, open_page: OpenPage) -> None:
    board = filled(server)
    alice = open_page(server).sign_in("alice").open(board)
    alice.select(*[at + 1 for at in alice.page.evaluate(_CORNER, "a")])
    until(lambda: alice.page.evaluate(_SELECTED), lambda ids: ids == ["a"])
    press(alice, "Comment on it")
    alice.page.keyboard.type("Is this right? No space is lost.")
    alice.page.keyboard.press("Enter")
    alice.page.get_by_role("dialog").get_by_text("Is this right? No space is lost.").wait_for()

    def anchors() -> list[str]:
        path = f"boards/{board}/comments"
        threads = server.call("GET", path, None, server.token("alice"))[1]["results"]
        return [thread["anchor"]["element_id"] for thread in threads]

    # It is shown while it is being sent.
    assert until(anchors, bool) == ["a"]


def test_no_key_is_early_for_a_comment(server: Server, open_page: OpenPage) -> None:
    """The field has the focus before the browser can handle another event."""
    alice = open_page(server).sign_in("alice").open(filled(server))
    alice.select(*[at + 1 for at in alice.page.evaluate(_CORNER, "a")])
    button = bar(alice).get_by_role("button", name="Comment on it", exact=True)
    focused = button.evaluate(_FOCUSED_IN_THE_SAME_TASK)
    assert focused == "TEXTAREA"


@pytest.mark.parametrize("level", ["comment", "edit"])
def test_the_comment_tool_is_there_for_all_who_may(
    server: Server, open_page: OpenPage, level: str
) -> None:
    board = filled(server, bob=level, charlie="view")
    bob = open_page(server).sign_in("bob").open(board)
    tool = bob.page.get_by_role("button", name="Comment", exact=True)
    tool.click()
    expect(tool).to_have_attribute("aria-pressed", "true")
    bob.page.mouse.click(900, 500)
    bob.page.keyboard.type("Here")
    bob.page.keyboard.press("Enter")
    bob.page.get_by_role("dialog").get_by_text("Here").wait_for()
    expect(tool).to_have_attribute("aria-pressed", "false")
    charlie = open_page(server).sign_in("charlie").open(board)
    expect(charlie.page.get_by_role("button", name="Comment", exact=True)).to_have_count(0)
