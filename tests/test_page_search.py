"""The search dialog, with a real server that indexes beside it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import until_open
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

_CHOSEN = "() => Object.keys(window.canvasBoard.api.getAppState().selectedElementIds)"


def test_what_was_drawn_is_found_from_the_list_and_opened(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    page = alice.page
    page.keyboard.press("t")
    page.mouse.click(600, 400)
    page.keyboard.type("Kumquat Übersicht")
    page.keyboard.press("Escape")
    [text] = until(alice.scene, lambda scene: [one for one in scene if one["type"] == "text"])
    alice.until_status("Saved")

    page.get_by_test_id("main-menu-trigger").click()  # there is no keyboard on a phone
    page.get_by_role("button", name="Search everywhere").click()
    field = page.get_by_role("combobox", name="Search")
    field.fill("ubersicht")
    here = page.get_by_role("group", name="On this board").get_by_role("option")
    expect(here.locator("mark")).to_have_text("Übersicht")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)

    token = server.token("alice")

    def indexed() -> Any:
        return server.call("GET", "search?q=kumq", None, token)

    # The process beside the server looks each second; the limit is far above that.
    until(indexed, lambda answer: answer[0] == 200 and answer[1]["texts"], pause=0.5)
    page.goto(server.url)
    page.keyboard.press("Control+k")
    field.fill("kumq")
    found = page.get_by_role("group", name="On boards").get_by_role("option")
    expect(found.locator("mark")).to_have_text("Kumquat")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/board/{board}*")
    until_open(page)
    until(lambda: page.evaluate(_CHOSEN), lambda chosen: chosen == [text["id"]])


def test_a_word_that_is_nowhere_is_said_and_the_focus_returns(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server).sign_in_by_form("bob").page
    link = page.get_by_role("link", name="All boards")
    link.focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search")
    field.fill("qqzzqq")
    status = page.get_by_role("dialog", name="Search").get_by_role("status")
    expect(status).to_contain_text("Nothing found for “qqzzqq”")
    page.keyboard.press("Enter")
    expect(field).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(link).to_be_focused()
