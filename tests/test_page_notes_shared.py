"""Sticky notes from pastes, files and programs, by touch, at every level; and who wrote them."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.note_pages import FIELD, PASTE, check_fit, notes, place_of, texts, until_texts, write
from tests.page import BoardPage, alive
from tests.server import Server, until
from tests.test_bots import environment, program
from tests.test_page_level import REFUSED, is_viewing, set_level

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_pasted_lines_become_notes_in_one_step(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.page.keyboard.press("n")
    alice.page.evaluate(PASTE, "one\n\n two\r\nthree\nfour\nfive")
    until_texts(bob, "one", "two", "three", "four", "five")
    assert len({note["y"] for note in notes(bob)}) == 2
    check_fit(bob)
    alice.page.keyboard.press("Control+z")
    until_texts(bob)
    # Too much is refused with its number; without the tool, text is pasted as ever.
    alice.page.keyboard.press("n")
    alice.page.evaluate(PASTE, "a\n" * 2_001)
    alice.page.get_by_text("more than 2000 lines").wait_for()
    assert alice.scene() == []
    alice.page.mouse.move(500, 350)
    alice.page.evaluate(PASTE, "one\ntwo")
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
    bob.page.evaluate(PASTE, "one\ntwo")
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
    # A name in the drawing itself changes nothing.
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
