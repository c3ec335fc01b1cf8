"""Workshops in real pages: a timer, votes that stay hidden, private notes, and who leads."""

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.note_pages import FIELD, notes, place_of, until_texts, write
from tests.page import BoardPage, alive, until_open
from tests.server import Server, until
from tests.test_page_level import set_level
from tests.workshops import begin, button, heard, marks, start_vote

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CLOCK_AN_HOUR_FAST = """
const real = Date.now.bind(Date)
Date.now = () => real() + 3600000
"""


def seconds_left(page: BoardPage) -> int:
    """What the timer shows."""
    minutes, seconds = page.page.get_by_role("timer").inner_text().split()[0].split(":")
    return int(minutes) * 60 + int(seconds)


def test_everybody_sees_one_timer(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit", charlie="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server)
    bob.page.add_init_script(CLOCK_AN_HOUR_FAST)
    bob.sign_in("bob").open(board)
    begin(alice)
    button(alice, "Timer").click()
    button(alice, "5 min").click()
    expect(bob.page.get_by_role("timer")).to_be_visible()
    expect(bob.page.get_by_text("A timer runs: 5 minutes")).to_be_attached()
    charlie = open_page(server).sign_in("charlie").open(board)
    charlie.page.get_by_role("timer").wait_for()
    shown = [seconds_left(one) for one in (alice, bob, charlie)]
    assert max(shown) - min(shown) <= 2, shown
    assert 240 < min(shown) <= 300
    expect(button(bob, "Pause")).to_have_count(0)  # who does not lead

    button(alice, "Pause").click()
    expect(charlie.page.get_by_role("timer")).to_contain_text("paused")
    before = seconds_left(charlie)
    button(alice, "+1 min").click()
    until(lambda: seconds_left(charlie), lambda left: left == before + 60)
    button(alice, "Go on").click()
    until(lambda: seconds_left(bob), lambda left: left < before + 60)
    button(alice, "Stop the timer").click()
    expect(charlie.page.get_by_role("timer")).to_have_count(0)


def test_the_end_of_a_timer_is_read_out(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(alice)
    button(alice, "Timer").click()
    alice.page.get_by_label("Minutes").fill("1.05")
    alice.page.keyboard.press("Enter")
    expect(bob.page.get_by_text("One minute left")).to_be_attached(timeout=15_000)
    button(alice, "Stop the timer").click()
    button(alice, "Timer").click()
    alice.page.get_by_label("Minutes").fill("0.1")
    alice.page.keyboard.press("Enter")
    expect(bob.page.locator("[role=status]").get_by_text("Time is up")).to_be_attached()
    expect(bob.page.get_by_role("timer")).to_have_text("Time is up")


def test_private_notes_leave_the_page_at_the_reveal_alone(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server)
    told = heard(alice)
    alice.sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(alice)
    button(alice, "Write privately").click()
    bob.page.get_by_text("New notes are private", exact=True).wait_for()
    told.clear()
    bob.page.keyboard.press("n")
    bob.page.mouse.click(500, 350)
    bob.page.locator(FIELD).wait_for()
    bob.page.keyboard.insert_text("Frankly")
    alice.page.get_by_text("one person is writing").wait_for()
    bob.page.keyboard.press("Escape")
    alice.page.get_by_text("one note of others").wait_for()
    write(alice, "Mine", 800, 500)
    bob.page.get_by_text("one note of others").wait_for()
    drawn = bob.draw_rectangle(300, 500)  # everything else is shared as ever
    alice.until_content(lambda content: drawn in content)

    bob.page.reload()
    until_open(bob.page)
    until_texts(bob, "Frankly")
    bob.page.get_by_text("One of yours waits.").wait_for()
    assert set(alive(alice.content())) == {drawn}
    assert set(alive(bob.content())) == {drawn}
    assert [text for text in told if "Frankly" in text] == []

    button(alice, "Reveal the notes").click()
    until_texts(alice, "Frankly", "Mine")
    until_texts(bob, "Frankly", "Mine")
    kept = "Object.keys(localStorage).filter(key => key.includes(':private:')).length"
    until(lambda: bob.page.evaluate(kept), lambda count: count == 0)


@pytest.mark.worker
def test_who_is_offline_reveals_later(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    begin(alice)
    button(alice, "Write privately").click()
    bob.page.get_by_text("New notes are private", exact=True).wait_for()
    bob.go_offline()
    write(bob, "From the train")
    bob.page.get_by_text("One of yours waits.").wait_for()
    bob.page.close()
    button(alice, "Reveal the notes").click()
    expect(button(alice, "Write privately")).to_be_visible()
    assert alive(alice.content()) == {}
    bob.page = bob.context.new_page()
    bob.go_online()
    bob.open(board)
    until_texts(alice, "From the train")
    until_texts(bob, "From the train")


def test_notes_of_who_may_not_edit_any_more_wait(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(alice)
    button(alice, "Write privately").click()
    bob.page.get_by_text("New notes are private", exact=True).wait_for()
    write(bob, "Mine")
    set_level(server, board, "view")
    bob.page.get_by_text("you can view this board now").wait_for()
    button(alice, "Reveal the notes").click()
    button(bob, "React").wait_for(state="detached")
    assert alive(alice.content()) == {}
    set_level(server, board, "edit")
    until_texts(alice, "Mine")


def test_reactions_are_seen_and_fade(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="comment", charlie="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    charlie = open_page(server).sign_in("charlie").open(board)
    begin(alice)
    button(bob, "React").wait_for()
    bob.page.mouse.move(640, 400)
    bob.page.keyboard.press("Shift+R")
    expect(bob.page.get_by_role("button", name="Thumbs up")).to_be_focused()
    bob.page.keyboard.press("3")
    for one in (alice, charlie):
        one.page.locator(".reaction").get_by_text("🎉").wait_for(state="attached")
    for one in (alice, bob, charlie):
        expect(one.page.locator(".reaction")).to_have_count(0)
    # A viewer has no button, and the server lets no page of theirs react.
    expect(button(charlie, "React")).to_have_count(0)
    say = """n => window.canvasBoard.provider.awareness.setLocalStateField(
      'reaction', {emoji: '🎉', x: 0, y: 0, n})"""
    charlie.page.evaluate(say, 1)
    bob.page.keyboard.press("1")
    alice.page.locator(".reaction").get_by_text("👍").wait_for(state="attached")
    states = "[...window.canvasBoard.provider.awareness.getStates().values()]"
    reactions = alice.page.evaluate(f"{states}.map(one => one.reaction?.emoji).filter(Boolean)")
    assert reactions == ["👍"]


def test_the_lead_goes_from_hand_to_hand(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit", charlie="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    begin(bob)
    alice.page.get_by_text("Bob Baker leads").or_(alice.page.get_by_text("bob leads")).wait_for()
    charlie = open_page(server).sign_in("charlie").open(board)
    charlie.page.get_by_text("leads", exact=False).first.wait_for()
    expect(button(charlie, "Take the lead")).to_have_count(0)  # somebody leads
    button(alice, "Take the lead").click()  # the owner
    button(alice, "You lead").click()
    alice.page.locator(".workshop-panel li").nth(1).wait_for()
    assert (alice.page.locator(".workshop-panel").bounding_box() or {"x": -1})["x"] >= 0
    alice.page.locator(".workshop-panel li").get_by_text("Bob").or_(
        alice.page.locator(".workshop-panel li").get_by_text("bob")
    ).click()
    button(bob, "You lead").click()
    button(bob, "Give the lead up").click()
    button(charlie, "Take the lead").click()
    button(charlie, "You lead").click()
    button(charlie, "End the workshop").click()
    for one in (alice, bob, charlie):
        expect(one.page.get_by_role("region", name="Workshop")).to_have_count(0)


def test_a_restart_changes_nothing(own_server: Server, open_page: OpenPage) -> None:
    board = own_server.new_board(bob="comment")
    alice = open_page(own_server).sign_in("alice").open(board)
    write(alice, "Tea")
    bob = open_page(own_server).sign_in("bob").open(board)
    begin(alice)
    button(alice, "Timer").click()
    button(alice, "5 min").click()
    start_vote(alice)
    button(bob, "3 dots left").wait_for()
    bob.page.mouse.click(*place_of(bob, notes(bob)[0]["id"]))
    button(bob, "2 dots left").wait_for()
    button(bob, "I have finished").click()
    alice.page.get_by_text("one person has finished").wait_for()
    own_server.kill()
    own_server.start()
    alice.expected.append("Failed to load resource")
    bob.expected.append("Failed to load resource")
    carol = open_page(own_server).sign_in("alice").open(board)
    carol.page.get_by_text("one person has finished").wait_for()
    assert 240 < seconds_left(carol) <= 300
    button(carol, "Reveal the dots").click()
    until(lambda: marks(bob), lambda shown: shown == ["1"], seconds=60)


def test_nothing_is_on_and_viewers_are_told(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.keyboard.press("Shift+W")
    bob.page.get_by_text("No workshop is on.").wait_for()
    expect(button(bob, "Begin a workshop")).to_have_count(0)
    button(bob, "Close").click()
    expect(bob.page.get_by_role("region", name="Workshop")).to_have_count(0)
