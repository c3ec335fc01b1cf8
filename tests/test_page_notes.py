"""Sticky notes, as people make them: click, write, go on to the next."""

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.note_pages import FIELD, begin, check_fit, notes, place_of, texts, until_texts, write
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


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
