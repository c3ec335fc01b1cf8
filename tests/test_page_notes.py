"""Sticky notes, as people make them: click, write, go on to the next."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import BoardPage, alive
from tests.server import Server, until
from tests.test_bots import environment, program
from tests.test_page_level import REFUSED, is_viewing, set_level

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_NOTES = """() => {
  const all = window.canvasBoard.api.getSceneElements()
  return all.filter(one => one.type === 'rectangle' && one.customData?.note === true).map(note => {
    const text = all.find(one => one.type === 'text' && one.containerId === note.id)
    const {id, x, y, width, height, backgroundColor: colour} = note
    return {id, x, y, width, height, colour, text: text ? text.originalText : '',
      size: text?.fontSize, lines: text?.text, bound: note.boundElements?.length ?? 0,
      above: text ? text.y - y : 0, below: text ? y + height - text.y - text.height : 0,
      beside: text ? Math.min(text.x - x, x + width - text.x - text.width) : 0}
  })
}"""
_IS_WRITING = "() => window.canvasBoard.api.getAppState().editingTextElement !== null"
_PASTE = """text => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', text)
  document.querySelector('canvas.interactive').dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData}))
}"""
FIELD = "textarea.excalidraw-wysiwyg"
MARGIN = 20


def notes(page: BoardPage) -> list[dict[str, Any]]:
    """The notes on the canvas, from left to right and from top to bottom."""
    return sorted(page.page.evaluate(_NOTES), key=lambda note: (note["y"], note["x"]))


def texts(page: BoardPage) -> list[str]:
    """What is written on them."""
    return [note["text"] for note in notes(page)]


def until_texts(page: BoardPage, *wanted: str) -> None:
    """Waits until these notes are there, and no others."""
    until(lambda: texts(page), lambda shown: shown == list(wanted))


def begin(page: BoardPage, x: float = 500, y: float = 350) -> None:
    """Begins a note by key and click."""
    page.page.keyboard.press("n")
    page.page.mouse.click(x, y)
    page.page.locator(FIELD).wait_for()


def write(page: BoardPage, text: str, x: float = 500, y: float = 350) -> None:
    """Makes a note and ends it."""
    begin(page, x, y)
    page.page.keyboard.insert_text(text)
    page.page.keyboard.press("Escape")
    page.page.locator(FIELD).wait_for(state="detached")


def check_fit(page: BoardPage) -> None:
    """All texts are inside their notes, and leave room for a name."""
    for note in notes(page):
        if note["text"]:
            assert note["above"] >= MARGIN - 1, note
            assert note["below"] >= MARGIN - 1, note
            assert note["beside"] >= 4, note


def test_click_write_tab_write(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(alice)
    alice.page.keyboard.type("First idea")
    alice.page.keyboard.press("Tab")
    alice.page.keyboard.type("Second idea")
    alice.page.keyboard.press("Shift+Tab")
    alice.page.keyboard.type("Third idea")
    alice.page.keyboard.press("Escape")
    expect(alice.page.locator(FIELD)).to_have_count(0)
    until_texts(bob, "First idea", "Second idea", "Third idea")
    first, second, third = notes(bob)
    assert (second["x"], second["y"]) == (first["x"] + first["width"] + 20, first["y"])
    assert (third["x"], third["y"]) == (second["x"], second["y"] + second["height"] + 20)
    assert {note["colour"] for note in (first, second, third)} == {"#ffec99"}
    check_fit(bob)
    # Written in again by a double click, and by Enter, as any box.
    bob.page.mouse.dblclick(*place_of(bob, first["id"]))
    bob.page.locator(FIELD).wait_for()
    bob.page.keyboard.press("End")
    bob.page.keyboard.type("!")
    bob.page.keyboard.press("Escape")
    until_texts(alice, "First idea!", "Second idea", "Third idea")


def place_of(page: BoardPage, id: str) -> tuple[float, float]:
    """A place in the window inside a note, beside its text."""
    place = page.page.evaluate(
        """id => {
          const {api} = window.canvasBoard
          const {scrollX, scrollY, zoom, offsetLeft, offsetTop} = api.getAppState()
          const note = api.getSceneElements().find(one => one.id === id)
          return [(note.x + 15 + scrollX) * zoom.value + offsetLeft,
                  (note.y + 15 + scrollY) * zoom.value + offsetTop]
        }""",
        id,
    )
    return place[0], place[1]


def test_letters_shrink_then_the_note_grows_and_both_come_back(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(alice)
    sizes: list[tuple[float, float]] = []
    for _ in range(12):
        alice.page.keyboard.insert_text("more words of it ")
        (note,) = notes(alice)
        sizes.append((note["size"], note["height"]))
        check_fit(alice)
    assert sizes[0] == (24, 200)
    assert [size for size, _ in sizes] == sorted((size for size, _ in sizes), reverse=True)
    assert all(height == 200 for size, height in sizes if size > 12)
    alice.page.keyboard.insert_text("more words of it " * 10)
    for _ in range(10):
        alice.page.keyboard.insert_text("more words of it ")
        check_fit(alice)
    (note,) = notes(alice)
    assert note["size"] == 12
    assert note["height"] > 300
    check_fit(alice)
    alice.page.keyboard.press("Escape")
    until(lambda: [one["height"] for one in notes(bob)], lambda seen: seen == [note["height"]])
    check_fit(bob)
    # Later, and by somebody else: it has grown, so it may shrink.
    bob.page.mouse.dblclick(*place_of(bob, note["id"]))
    bob.page.locator(FIELD).wait_for()
    check_fit(bob)
    bob.page.keyboard.press("Control+a")
    bob.page.keyboard.insert_text("Short")
    (short,) = notes(bob)
    assert (short["size"], short["height"]) == (24, 200)
    bob.page.keyboard.press("Escape")
    until(lambda: [one["height"] for one in notes(alice)], lambda seen: seen == [200])
    check_fit(alice)


def test_two_people_write_notes_at_once(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(alice, 400, 250)
    begin(bob, 400, 600)
    for number in range(3):
        for page in (alice, bob):
            page.page.keyboard.type(f"idea {number}")
            page.page.keyboard.press("Tab")
    for page in (alice, bob):
        page.page.keyboard.press("Escape")
    wanted = 2 * ["idea 0", "idea 1", "idea 2", ""]
    until_texts(alice, *wanted)
    until_texts(bob, *wanted)
    alice.until_status("Saved")
    bob.until_status("Saved")
    check_fit(alice)
    check_fit(bob)
    assert alice.content() == bob.content()
    assert alice.page.evaluate("() => window.canvasBoard.conflicts().length") == 0


def test_a_size_that_was_chosen_stays(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    write(alice, "Plan")
    alice.page.locator("label").filter(has=alice.page.get_by_test_id("fontSize-small")).click()
    until(lambda: [note["size"] for note in notes(alice)], lambda sizes: sizes == [16])
    alice.page.keyboard.press("Enter")
    alice.page.locator(FIELD).wait_for()
    alice.page.keyboard.press("End")
    alice.page.keyboard.insert_text(" B")
    alice.page.keyboard.press("Escape")
    (note,) = notes(alice)
    assert (note["text"], note["size"], note["height"]) == ("Plan B", 16, 200)


def test_the_colour_is_chosen_before_while_and_after(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)

    def colours() -> list[str]:
        return [note["colour"] for note in notes(alice)]

    alice.page.get_by_role("button", name="Note", exact=True).click()
    alice.page.get_by_role("button", name="Pink").click()
    alice.page.mouse.click(400, 350)
    alice.page.keyboard.type("one")
    alice.page.get_by_role("button", name="Blue").click()
    alice.page.keyboard.type("two")
    alice.page.keyboard.press("Tab")
    alice.page.keyboard.type("next")
    alice.page.keyboard.press("Escape")
    until_texts(alice, "onetwo", "next")
    assert colours() == ["#a5d8ff", "#a5d8ff"]
    alice.page.keyboard.press("Control+a")
    alice.page.get_by_role("button", name="Green").click()
    until(colours, lambda shown: shown == ["#b2f2bb", "#b2f2bb"])
    alice.page.keyboard.press("Control+z")
    until(colours, lambda shown: shown == ["#a5d8ff", "#a5d8ff"])
    alice.until_status("Saved")
    alice.page.reload()
    alice.open(board)
    write(alice, "later", 640, 600)
    assert colours()[-1] == "#b2f2bb"
    # Beside something else there are no colours of notes.
    alice.draw_rectangle(900, 550)
    alice.page.keyboard.press("Control+a")
    expect(alice.page.get_by_role("group", name="Colour of notes")).to_have_count(0)


def test_a_note_is_one_step_of_undo(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(alice, 400, 350)
    alice.page.keyboard.type("one")
    # What comes from others meanwhile is no part of it.
    foreign = bob.draw_rectangle(900, 600)
    until(alice.scene, lambda scene: foreign in {element["id"] for element in scene})
    alice.page.keyboard.press("Tab")
    alice.page.keyboard.press("Tab")
    alice.page.keyboard.insert_text(
        "three, with so many words that its letters become smaller " * 3
    )
    alice.page.keyboard.press("Escape")
    shown = [["one", "", notes(alice)[2]["text"]], ["one", ""], ["one"], []]
    assert texts(alice) == shown[0]
    for wanted in shown[1:]:
        alice.page.keyboard.press("Control+z")
        until_texts(alice, *wanted)
    for wanted in reversed(shown[:-1]):
        alice.page.keyboard.press("Control+Shift+z")
        until_texts(alice, *wanted)
    check_fit(alice)
    until_texts(bob, *shown[0])
    assert foreign in {element["id"] for element in bob.scene()}


def test_escape_leaves_the_tool_and_an_empty_note_stays(
    server: Server, open_page: OpenPage
) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    button = alice.page.get_by_role("button", name="Note", exact=True)
    alice.page.keyboard.press("n")
    expect(button).to_have_attribute("aria-pressed", "true")
    alice.page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    alice.page.mouse.click(500, 350)
    begin(alice)
    alice.page.keyboard.press("Escape")
    until_texts(alice, "")
    assert [element["type"] for element in alice.scene()] == ["rectangle"]
    assert notes(alice)[0]["bound"] == 0
    alice.page.keyboard.press("Enter")
    alice.page.keyboard.type("now")
    alice.page.keyboard.press("Escape")
    until_texts(alice, "now")


def test_pasted_lines_become_notes_in_one_step(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.page.keyboard.press("n")
    alice.page.evaluate(_PASTE, "one\n\n two\r\nthree\nfour\nfive")
    until_texts(bob, "one", "two", "three", "four", "five")
    assert len({note["y"] for note in notes(bob)}) == 2
    check_fit(bob)
    alice.page.keyboard.press("Control+z")
    until_texts(bob)
    # Too much is refused with its number; without the tool, text is pasted as ever.
    alice.page.keyboard.press("n")
    alice.page.evaluate(_PASTE, "a\n" * 2_001)
    alice.page.get_by_text("more than 2000 lines").wait_for()
    assert alice.scene() == []
    alice.page.mouse.move(500, 350)
    alice.page.evaluate(_PASTE, "one\ntwo")
    until(lambda: {element["type"] for element in alice.scene()}, lambda types: types == {"text"})


@pytest.mark.parametrize("level", ["view", "comment"])
def test_people_without_edit_access_make_none(
    server: Server, open_page: OpenPage, level: str
) -> None:
    board = server.new_board(bob=level)
    alice = open_page(server).sign_in("alice").open(board)
    write(alice, "Plan")
    bob = open_page(server).sign_in("bob").open(board)
    until_texts(bob, "Plan")
    expect(bob.page.get_by_role("button", name="Note", exact=True)).to_have_count(0)
    bob.page.keyboard.press("n")
    bob.page.get_by_text(REFUSED).wait_for()
    bob.page.mouse.click(800, 500)
    bob.page.mouse.dblclick(*place_of(bob, notes(bob)[0]["id"]))
    expect(bob.page.locator(FIELD)).to_have_count(0)
    bob.page.evaluate("window.canvasBoard.api.setActiveTool({type: 'custom', customType: 'note'})")
    bob.page.mouse.click(800, 500)
    bob.page.evaluate(_PASTE, "one\ntwo")
    bob.page.get_by_text(REFUSED).wait_for()
    assert texts(bob) == ["Plan"]
    assert len(alive(alice.content())) == 2


def test_the_tool_goes_with_the_level(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.keyboard.press("n")
    set_level(server, board, "comment")
    until(lambda: is_viewing(bob), lambda viewing: viewing)
    expect(bob.page.get_by_role("group", name="Colour of notes")).to_have_count(0)
    bob.page.mouse.click(500, 350)
    assert texts(bob) == []


def test_a_finger_makes_a_note(server: Server, open_page: OpenPage) -> None:
    phone = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    alice = open_page(server, **phone).sign_in("alice").open(server.new_board())
    alice.page.get_by_role("button", name="Note", exact=True).tap()
    alice.page.get_by_role("button", name="Violet").tap()
    alice.page.touchscreen.tap(200, 400)
    alice.page.locator(FIELD).wait_for()
    alice.page.keyboard.insert_text("tapped")
    alice.page.touchscreen.tap(60, 650)
    until_texts(alice, "tapped")
    assert notes(alice)[0]["colour"] == "#d0bfff"
    width = alice.page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390


def names(page: BoardPage) -> list[str]:
    """What stands at the lower edges of notes."""
    return sorted(page.page.locator(".note-author:visible").all_inner_texts())


def test_others_see_who_wrote_a_note_by_what_the_document_knows(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit", charlie="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    write(alice, "Plan", 400, 350)
    alice.page.keyboard.press("Escape")
    until(lambda: names(bob), lambda shown: shown == ["Alice"])
    assert names(alice) == []
    # What is written in the drawing says nothing of who wrote it.
    forged = {"note": True, "author": "Alice", "name": "Alice", "user": "1"}
    box = {"type": "rectangle", "x": 700, "y": 0, "width": 200, "height": 200}
    body = {"create": [box | {"customData": forged, "backgroundColor": "#ffec99"}]}
    assert server.call("POST", f"boards/{board}/elements", body, server.token("bob"))[0] == 200
    charlie = open_page(server).sign_in("charlie").open(board)
    until(lambda: names(charlie), lambda shown: shown == ["Alice", "Bob"])
    # Other people's words under a name are told, and moving a note changes nothing.
    id = next(note["id"] for note in notes(bob) if note["text"] == "Plan")
    bob.page.mouse.dblclick(*place_of(bob, id))
    bob.page.locator(FIELD).wait_for()
    bob.page.keyboard.press("Control+a")
    bob.page.keyboard.insert_text("Other words")
    bob.page.keyboard.press("Escape")
    until(lambda: names(charlie), lambda shown: shown == ["Alice, edited by Bob", "Bob"])
    until(lambda: names(alice), lambda shown: shown == ["Alice, edited by Bob", "Bob"])
    before = charlie.page.locator(".note-author").first.bounding_box()
    bob.page.keyboard.press("ArrowRight")
    until(
        lambda: charlie.page.locator(".note-author").first.bounding_box(),
        lambda place: place != before,
    )
    assert names(charlie) == ["Alice, edited by Bob", "Bob"]


def test_notes_survive_a_file_and_are_plain_boxes_in_it(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    write(alice, "Plan")
    alice.until_status("Saved")
    status, file = server.call("GET", f"boards/{board}/export", token=server.token("alice"))
    assert status == 200
    note, text = sorted(file["elements"], key=lambda element: element["type"])
    assert (note["type"], note["fillStyle"], note["customData"]) == (
        "rectangle",
        "solid",
        {"note": True},
    )
    assert (text["type"], text["containerId"]) == ("text", note["id"])
    assert "Alice" not in str(file["elements"])
    second = server.new_board()
    path = f"boards/{second}/import"
    assert server.call("POST", path, file, server.token("alice"))[0] == 200
    alice.open(second)
    until_texts(alice, "Plan")
    check_fit(alice)


def test_a_program_s_notes_are_notes_and_bear_its_owner_s_name(
    server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    board = server.new_board(bob="edit")
    done = subprocess.run(
        [sys.executable, str(program("notes.py", tmp_path))],
        env=environment(server, board),
        input="First idea\nAn idea that needs more than one line of its note\n",
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    alice = open_page(server).sign_in("alice").open(board)
    until_texts(alice, "First idea", "An idea that needs more than one line of its note")
    until(lambda: names(alice), lambda shown: shown == ["Bob", "Bob"])
    alice.page.mouse.dblclick(*place_of(alice, notes(alice)[0]["id"]))
    alice.page.locator(FIELD).wait_for()
    alice.page.keyboard.press("End")
    alice.page.keyboard.insert_text("!")
    alice.page.keyboard.press("Escape")
    until(lambda: texts(alice)[0], lambda text: text == "First idea!")
    check_fit(alice)
