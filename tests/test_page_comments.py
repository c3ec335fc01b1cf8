"""Comments on the canvas: written, answered and settled by people with different levels."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Request, WebSocket, expect

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]


def pins(page: BoardPage) -> Locator:
    """The pins that are shown."""
    return page.page.locator(".pin:visible")


def pin_place(page: BoardPage) -> tuple[float, float]:
    """Where the tip of the only pin is, in pixels of the window."""
    box = pins(page).bounding_box()
    assert box is not None
    return round(box["x"]), round(box["y"] + box["height"])


def begin_comment(page: BoardPage, x: float, y: float) -> Locator:
    """Uses the tool by its key; returns the field."""
    page.page.keyboard.press("c")
    page.page.get_by_text("Click where your comment belongs").wait_for()
    page.page.mouse.click(x, y)
    return page.page.get_by_role("textbox", name="Write a comment")


def comment_at(page: BoardPage, x: float, y: float, text: str) -> None:
    """Writes a comment and sends it."""
    begin_comment(page, x, y).fill(text)
    page.page.keyboard.press("Enter")


def thread(page: BoardPage) -> Locator:
    """The thread that is open beside its pin."""
    return page.page.get_by_role("dialog", name="Comment by")


def threads(server: Server, board: str) -> list[Any]:
    """What the server has."""
    answer = server.call("GET", f"boards/{board}/comments", token=server.token("alice"))[1]
    return list(answer["results"])


def test_a_thread_lives_in_two_windows_and_follows_its_element(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="comment")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.draw_rectangle(500, 300, 200, 120)
    begin_comment(alice, 600, 360).fill("Is this right, @b")
    alice.page.get_by_role("option", name="Bob").wait_for()
    alice.page.keyboard.press("Enter")  # chooses bob
    expect(alice.page.get_by_role("option", name="Bob")).to_have_count(0)
    alice.page.keyboard.press("Enter")
    expect(thread(alice).get_by_text("Is this right")).to_be_visible()
    expect(pins(bob)).to_have_count(1)
    assert pin_place(alice) == pytest.approx((600, 360), abs=2)

    # the element moves, and the view; the pin stays on it, in both windows
    alice.page.keyboard.press("Escape")
    expect(thread(alice)).to_have_count(0)
    at_bob = pin_place(bob)
    alice.drag((500, 340), (620, 440))
    until(lambda: pin_place(alice), lambda at: at == pytest.approx((720, 460), abs=2))
    moved = (at_bob[0] + 120, at_bob[1] + 100)
    until(lambda: pin_place(bob), lambda at: at == pytest.approx(moved, abs=2))
    bob.page.mouse.move(640, 400)
    bob.page.keyboard.down("Control")
    bob.page.mouse.wheel(0, -100)
    bob.page.keyboard.up("Control")
    zoom = "() => window.canvasBoard.api.getAppState().zoom.value"
    factor = until(lambda: bob.page.evaluate(zoom), lambda value: value > 1.05)
    zoomed = tuple(
        640 + (x - 640) * factor if i == 0 else 400 + (x - 400) * factor
        for i, x in enumerate(moved)
    )
    until(lambda: pin_place(bob), lambda at: at == pytest.approx(zoomed, abs=3))

    # bob is told, answers, and settles it
    bob.page.get_by_role("button", name="Comments, one unread thread").click()
    panel = bob.page.get_by_role("complementary", name="Comments")
    panel.get_by_role("button", name="Mentions me").click()
    panel.get_by_role("listitem").get_by_role("button").click()
    expect(thread(bob).locator("mark")).to_have_text("@bob")
    thread(bob).get_by_role("textbox", name="Reply").fill("Yes.")
    bob.page.keyboard.press("Enter")
    expect(alice.page.get_by_role("button", name="Comments, one unread thread")).to_be_visible()
    pins(alice).click()
    expect(thread(alice).get_by_text("Yes.")).to_be_visible()
    assert thread(alice).get_by_role("button", name="Edit").count() == 1, "her own only"
    thread(alice).get_by_role("button", name="Edit").click()
    thread(alice).get_by_role("textbox", name="Change your comment").fill("Is it right, @bob?")
    alice.page.keyboard.press("Enter")
    expect(thread(bob).get_by_text("Is it right, @bob?")).to_be_visible()
    expect(thread(bob).get_by_text("edited")).to_be_visible()
    thread(bob).get_by_role("button", name="Resolve").click()
    expect(thread(alice).get_by_role("button", name="Reopen")).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(pins(alice)).to_have_count(0)
    panel.get_by_role("button", name="Resolved", exact=True).click()
    expect(panel.get_by_text("resolved by Bob")).to_be_visible()


def test_what_is_written_without_network_is_kept_and_sent_once(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.page.wait_for_function("() => navigator.serviceWorker.controller")
    alice.page.locator(".board-comments").click()
    alice.page.get_by_text("No open comments").wait_for()
    alice.page.keyboard.press("Escape")
    expect(alice.page.locator(".board-comments")).to_be_focused()
    alice.go_offline()
    comment_at(alice, 600, 400, "From the train")
    expect(thread(alice).get_by_text("Not sent yet")).to_be_visible()
    assert threads(server, board) == []
    thread(alice).get_by_role("textbox", name="Reply").fill("half a thou")
    assert "change" in alice.page.locator(".status").inner_text()

    alice.page.reload()
    pins(alice).click()
    expect(thread(alice).get_by_text("From the train")).to_be_visible()
    expect(thread(alice).get_by_role("textbox", name="Reply")).to_have_value("half a thou")
    # Not "and the server has nothing": a browser that loads a page lets some requests through.
    alice.go_online()
    sent = until(lambda: threads(server, board), lambda found: len(found) == 1, 40)
    assert [comment["body"] for comment in sent[0]["comments"]] == ["From the train"]
    expect(thread(alice).get_by_text("Not sent yet")).to_have_count(0)
    alice.until_status("Saved", seconds=40)


def test_a_comment_that_is_refused_says_so_and_is_not_lost(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="comment")
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.get_by_role("button", name="Comments").wait_for()
    bob.expected.append("status of 403")
    bob.intercept("**/comments", lambda route: route.abort())
    comment_at(bob, 600, 400, "Too late")
    expect(thread(bob).get_by_text("Not sent yet")).to_be_visible()
    token = server.token("alice")
    row = server.call("GET", f"boards/{board}/permissions", token=token)[1][0]["id"]
    path = f"boards/{board}/permissions/{row}"
    assert server.call("PATCH", path, {"level": "view"}, token)[0] == 200
    bob.page.unroute("**/comments")
    bob.page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(thread(bob).get_by_text("Not sent: You may look at this board")).to_be_visible()
    expect(thread(bob).get_by_text("Too late")).to_be_visible()
    expect(thread(bob).get_by_role("textbox")).to_have_count(0)
    bob.page.keyboard.press("Escape")
    bob.page.keyboard.press("c")
    expect(bob.page.get_by_text("Click where your comment belongs")).to_have_count(0)


def test_a_guest_gives_a_name_and_the_owner_reaches_the_thread_of_a_deleted_element(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    body = {"user": None, "level": "comment"}
    path = f"boards/{board}/permissions"
    assert server.call("POST", path, body, server.token("alice"))[0] == 201
    alice = open_page(server).sign_in("alice").open(board)
    drawn = alice.draw_rectangle(500, 300, 200, 120)
    guest = open_page(server).open(board, "/public?edit=true")
    until(guest.scene, lambda scene: len(scene) == 1)
    guest.page.locator(".pin-layer").wait_for(state="attached")
    guest.page.keyboard.press("c")
    expect(guest.page.locator(".placing-surface")).to_be_focused()
    # by keyboard: the middle of the view, which is on the element
    guest.page.keyboard.press("Enter")
    guest.page.get_by_role("textbox", name="Write a comment").fill("Nice <b>box</b>")
    guest.page.keyboard.press("Enter")
    expect(guest.page.get_by_text("Enter your name first")).to_be_visible()
    guest.page.get_by_label("Your name").fill("Gabi")
    guest.page.get_by_role("button", name="Send").click()
    expect(thread(guest).get_by_text("Gabi", exact=True)).to_be_visible()
    expect(thread(guest).get_by_role("button", name="Edit")).to_be_visible()
    assert threads(server, board)[0]["anchor"]["element_id"] == drawn

    alice.select(500, 340)
    alice.page.keyboard.press("Delete")
    expect(pins(alice)).to_have_count(0)
    alice.page.locator(".board-comments").click()
    item = alice.page.get_by_role("complementary", name="Comments").get_by_role("listitem")
    expect(item.get_by_text("its element was deleted")).to_be_visible()
    expect(item.get_by_text("Nice <b>box</b>")).to_be_visible()
    item.get_by_role("button").click()
    expect(thread(alice).get_by_text("guest")).to_be_visible()
    expect(pins(alice)).to_have_count(1)
    alice.page.once("dialog", lambda dialog: dialog.accept())
    thread(alice).get_by_role("button", name="Delete").click()
    expect(thread(guest)).to_have_count(0)
    until(lambda: threads(server, board), lambda found: found == [])


def test_who_was_away_asks_for_comments_and_versions_only_when_they_changed(
    own_server: Server, open_page: OpenPage
) -> None:
    board = own_server.new_board(bob="edit")
    bob = open_page(own_server).sign_in("bob")
    bob.expected += ["Failed to load resource", "WebSocket connection"]
    opened: list[str] = []
    asked: list[str] = []

    def note(frame: str | bytes) -> None:
        if '"type": "access"' in str(frame):
            opened.append(str(frame))

    def watch(socket: WebSocket) -> None:
        if "/ws/events/" in socket.url:
            socket.on("framereceived", note)

    def count(request: Request) -> None:
        path = request.url.partition("?")[0]
        if request.method == "GET" and path.endswith(("/comments", "/versions")):
            asked.append(path.rpartition("/")[2])

    bob.page.on("websocket", watch)
    bob.page.on("request", count)
    bob.open(board)
    bob.page.get_by_test_id("main-menu-trigger").click()
    bob.page.locator(".dropdown-menu").get_by_text("Version history", exact=True).click()
    panel = bob.page.get_by_role("complementary", name="Version history")
    expect(panel.get_by_text("Before lunch")).to_have_count(0)

    def come_back() -> list[str]:
        """What the page asks for after the server was away."""
        number = len(opened)
        own_server.start()
        while len(opened) == number:
            bob.wait(100)
        # What it does because of the first event, it does before it shows the next one.
        title = f"Round {number}"
        path = f"boards/{board}"
        assert own_server.call("PATCH", path, {"title": title}, own_server.token("alice"))[0] == 200
        bob.page.get_by_role("heading", name=title).wait_for()
        return asked

    own_server.stop()
    come_back()  # once for the panel, which opened after the first event
    own_server.stop()
    asked.clear()
    assert come_back() == []

    own_server.stop()
    own_server.manage("shell", "--no-imports", "-c", AWAY.format(board=board))
    come_back()

    def seen() -> list[str]:
        bob.wait(50)  # while nothing is asked, Playwright learns nothing
        return sorted(asked)

    until(seen, lambda paths: paths == ["comments", "versions"])
    expect(panel.get_by_text("Before lunch")).to_be_visible()
    expect(pins(bob)).to_have_count(1)


AWAY = """
from django.contrib.auth.models import User
from boards.comments.services import author_of_user, thread_create
from boards.models import Board
from sync.programs.versions import version_create
board, alice = Board.objects.get(pk="{board}"), User.objects.get(username="alice")
author = author_of_user(alice)
thread_create(board=board, anchor={{"x": 0, "y": 0}}, body="While you were away", author=author)
version_create(board=board, name="Before lunch", author=alice)
"""
