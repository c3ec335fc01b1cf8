"""Dots on a board: hidden until they are revealed, then kept."""

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.note_pages import notes, place_of, until_texts, write
from tests.page import alive
from tests.server import Server, until
from tests.workshops import begin, button, heard, marks, start_vote

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_dots_are_hidden_until_they_are_revealed(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="comment", charlie="view")
    alice = open_page(server)
    told = heard(alice)
    alice.sign_in("alice").open(board)
    write(alice, "Tea", 500, 350)
    write(alice, "Coffee", 800, 350)
    bob = open_page(server).sign_in("bob").open(board)
    charlie = open_page(server).sign_in("charlie").open(board)
    until_texts(charlie, "Tea", "Coffee")
    tea, coffee = notes(alice)
    begin(alice)
    start_vote(alice)
    button(bob, "3 dots left").wait_for()
    charlie.page.get_by_text("0 people have finished").wait_for()
    expect(button(charlie, "3 dots left")).to_have_count(0)

    told.clear()
    place = place_of(bob, coffee["id"])
    for left in ("2 dots left", "One dot left"):
        bob.page.mouse.click(*place)
        button(bob, left).wait_for()
    bob.page.mouse.click(*place_of(bob, tea["id"]))
    button(bob, "0 dots left").wait_for()
    bob.page.mouse.click(*place_of(bob, tea["id"]))
    bob.page.locator(".Toast").get_by_text("You have no dots left").wait_for()
    assert marks(bob) == ["1", "2"]
    bob.page.locator(".vote-mark").get_by_text("1", exact=True).click()  # takes it back
    button(bob, "One dot left").wait_for()
    button(bob, "I have finished").click()
    alice.page.get_by_text("one person has finished").wait_for()
    assert marks(alice) == ["", ""]
    assert marks(charlie) == ["", ""]
    about = [text for text in told if coffee["id"] in text and "workshop" in text]
    assert about, "the page was told of the vote"
    assert [text for text in told if f'"{coffee["id"]}":' in text.replace(" ", "")] == []

    button(alice, "Reveal the dots").click()
    for one in (alice, bob, charlie):
        until(lambda one=one: marks(one), lambda shown: shown == ["2"])
    button(charlie, "Results").click()
    expect(charlie.page.locator(".workshop-list li")).to_contain_text(["Coffee"])
    button(alice, "End the vote").click()
    until(lambda: marks(charlie), lambda shown: shown == [])


def test_results_are_kept_on_the_board_in_one_step(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    for text, x in (("Tea", 400), ("Coffee", 650), ("Milk", 900)):
        write(alice, text, x, 350)
    bob = open_page(server).sign_in("bob").open(board)
    until_texts(bob, "Tea", "Coffee", "Milk")
    _, coffee, _ = notes(alice)
    begin(alice)
    start_vote(alice)
    button(bob, "3 dots left").click()
    # By the keyboard alone: the list begins with its first object.
    bob.page.get_by_role("button", name="Give a dot to Note “Tea”").focus()
    bob.page.keyboard.press("Enter")
    bob.page.keyboard.press("Enter")
    bob.page.get_by_role("button", name="Give a dot to Note “Coffee”").focus()
    bob.page.keyboard.press("Space")
    bob.page.keyboard.press("Escape")
    expect(button(bob, "0 dots left")).to_be_focused()
    # An object that is deleted meanwhile keeps its dots, and is named.
    alice.page.evaluate(
        """id => {
          const api = window.canvasBoard.api
          api.updateScene({elements: api.getSceneElementsIncludingDeleted().map(one =>
            one.id === id || one.containerId === id
              ? {...one, isDeleted: true, version: one.version + 1} : one)})
        }""",
        coffee["id"],
    )
    until_texts(bob, "Tea", "Milk")
    alice.wait(500)
    button(alice, "Reveal the dots").click()
    button(bob, "Results").click()
    expect(bob.page.locator(".workshop-list li").nth(1)).to_contain_text("deleted")
    before = len(alive(bob.content()))
    button(bob, "Keep the dots on the board").click()
    shown = until(lambda: alive(alice.content()), lambda now: len(now) == before + 2)
    assert "2" in [one.get("text", {}).get("originalText") for one in shown.values()]
    bob.page.keyboard.press("Control+z")
    until(lambda: len(alive(alice.content())), lambda count: count == before)
