"""The bell: people hear of what concerns them where they are, and answer there."""

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_a_mention_and_a_request_ring_and_are_answered_in_place(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="comment")
    server.call("POST", "notifications/read", {}, server.token("bob"))  # of boards of other tests
    server.call("POST", "notifications/read", {}, server.token("alice"))
    bob = open_page(server).sign_in("bob").open(board)
    alice = open_page(server).sign_in("alice").open(board)
    bell = bob.page.get_by_role("button", name="unread notification")
    expect(bell).to_have_count(0)

    token = server.token("alice")
    said = {"anchor": {"x": 300, "y": 200}, "body": "Look at this, @bob"}
    status, _ = server.call("POST", f"boards/{board}/comments", said, token)
    assert status == 201
    bell.wait_for()  # told by the server, not asked for a minute later
    bell.click()
    panel = bob.page.get_by_role("dialog", name="Notifications")
    bob.page.keyboard.type("r")  # is not for the canvas
    panel.get_by_text("Look at this, @bob").click()
    expect(panel).to_be_hidden()
    bob.page.locator(".thread-popover, .thread").get_by_text("Look at this").first.wait_for()
    expect(bell).to_have_count(0)

    status, _ = server.call(
        "POST", f"boards/{board}/access-requests", {"level": "edit"}, server.token("bob")
    )
    assert status in {201, 202}
    alice.page.get_by_role("button", name="one unread notification").click()
    asked = alice.page.get_by_role("dialog", name="Notifications")
    asked.get_by_text("asks to edit").wait_for()
    asked.get_by_role("button", name="Allow").click()
    expect(asked.get_by_role("button", name="Allow")).to_have_count(0)
    bob.page.get_by_text("Your access has changed: you can edit this board now.").wait_for()
    bob.page.get_by_role("button", name="one unread notification").wait_for()
    alice.page.keyboard.press("Escape")
    expect(asked).to_be_hidden()

    bob.page.goto(f"{server.url}/account/notifications")
    bob.page.get_by_role("main").get_by_text("shares").first.wait_for()
