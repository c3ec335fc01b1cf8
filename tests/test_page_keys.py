"""Keys: menus and fields keep them from the canvas, from the moment that they are asked for."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server
from tests.test_page_focus import SENTENCE, canvas, menu, press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

HARMFUL = ("Delete", "Backspace", "Control+z", "Control+d", "r", "e", "c", "ArrowLeft")
"""On the canvas each of them changes something, or chooses a tool."""
SPACED = (" ", *HARMFUL)
"""Where no button may have the focus."""
_LOSE_FOCUS = "() => document.activeElement.blur()"
_ENTER_CANVAS = "() => document.querySelector('.excalidraw').focus()"


@pytest.fixture
def alice(server: Server, open_page: OpenPage) -> Iterator[BoardPage]:
    """A board with a selected box; at the end the canvas has heard no key."""
    # A kept copy of the page's parts would come past the delays of a test.
    page = open_page(server, service_workers="block").sign_in("alice")
    page.open(server.new_board(bob="edit"))
    page.draw_rectangle(500, 300, 200, 120)
    page.select(500, 360)
    before = canvas(page)
    assert before["selected"]
    yield page
    assert canvas(page) == before


class Held:
    """Requests that wait; once they are let through, those that come later don't wait either."""

    def __init__(self, page: BoardPage, addresses: str) -> None:
        self._waiting: list[Route] = []
        self._is_open = False
        page.intercept(addresses, self._take)

    def _take(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self._waiting.append(route)

    def release(self) -> None:
        self._is_open = True
        for route in self._waiting:
            route.continue_()


def try_all(page: Page, layer: Locator) -> None:
    """Presses what must not reach the canvas: at once, without focus, and with the focus on it."""
    for lose in (None, _LOSE_FOCUS, _ENTER_CANVAS):
        if lose:
            page.evaluate(lose)
        for key in HARMFUL:
            page.keyboard.press(key)
            expect(layer).to_be_visible()


def type_into(field: Locator) -> None:
    """Types a sentence, and takes it away again with the keys that delete on the canvas."""
    page = field.page
    field.click()
    for key in HARMFUL:
        page.keyboard.press(key)
    field.fill("")
    page.keyboard.type(SENTENCE)
    expect(field).to_have_value(SENTENCE)
    for key in ("Control+a", "Delete", "Delete", "Backspace"):
        page.keyboard.press(key)
    expect(field).to_have_value("")


def test_the_main_menu_keeps_every_key(alice: BoardPage) -> None:
    trigger = alice.page.get_by_test_id("main-menu-trigger")
    items = alice.page.get_by_test_id("dropdown-menu")
    trigger.click()
    press(alice, *HARMFUL)
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, *HARMFUL)
    expect(items).to_be_visible()
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, "Escape")
    expect(items).to_have_count(0)
    trigger.focus()
    press(alice, "Enter")
    expect(items).to_be_visible()
    press(alice, "Tab")
    assert items.evaluate("menu => menu.contains(document.activeElement)")
    press(alice, "Delete", "Escape")
    expect(items).to_have_count(0)
    trigger.click()
    press(alice, "Escape")
    expect(items).to_have_count(0)
    expect(trigger).to_be_focused()


def test_the_menu_of_more_tools_keeps_every_key(alice: BoardPage) -> None:
    alice.page.locator(".App-toolbar__extra-tools-trigger").click()
    items = alice.page.get_by_test_id("dropdown-menu")
    press(alice, *HARMFUL)
    expect(items).to_be_visible()
    press(alice, "Escape")
    expect(items).to_have_count(0)


def test_the_context_menu_keeps_every_key(alice: BoardPage) -> None:
    alice.page.mouse.click(500, 360, button="right")
    items = alice.page.locator(".context-menu")
    try_all(alice.page, items)
    press(alice, "Escape")
    expect(items).to_have_count(0)
    alice.page.mouse.click(500, 360, button="right")
    alice.page.evaluate(_ENTER_CANVAS)
    press(alice, "Escape")
    expect(items).to_have_count(0)


def test_colours_close_alone_and_keep_what_deletes(alice: BoardPage) -> None:
    opener = alice.page.get_by_role("button", name="Stroke", exact=True)
    opener.click()
    colours = alice.page.locator(".color-picker-content")
    expect(colours).to_be_visible()
    press(alice, "Delete", "Backspace", "Control+z", "Control+d")
    alice.page.locator(".color-picker-input").click()
    press(alice, "Control+a", "Delete", "Backspace", "Escape")
    expect(colours).to_have_count(0)
    opener.click()
    alice.page.evaluate(_ENTER_CANVAS)
    press(alice, "Escape")
    expect(colours).to_have_count(0)


def test_the_search_takes_every_letter_while_it_is_loaded(alice: BoardPage) -> None:
    palette = Held(alice, "**/assets/palette-*.js")
    with alice.page.expect_request("**/assets/palette-*.js"):
        press(alice, "Control+k")
        alice.page.keyboard.type(SENTENCE)
    press(alice, "Control+k")
    field = alice.page.get_by_role("dialog", name="Search").locator("input")
    expect(field).to_have_value(SENTENCE)
    palette.release()
    alice.page.get_by_role("combobox", name="Search").wait_for()
    expect(field).to_have_value(SENTENCE)
    type_into(field)
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, "Delete", "Escape")
    expect(field).to_have_count(0)


def test_the_search_on_the_canvas_keeps_its_keys(alice: BoardPage) -> None:
    press(alice, "Control+f")
    field = alice.page.locator(".layer-ui__search input")
    alice.page.keyboard.type(SENTENCE)
    expect(field).to_have_value(SENTENCE)
    type_into(field)
    alice.page.locator(".sidebar button").first.focus()
    press(alice, "Delete", "Backspace", "Control+z", "r")
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, "Delete", "Escape")
    expect(field).to_have_count(0)


def test_every_field_of_the_share_dialog_takes_a_sentence(alice: BoardPage) -> None:
    alice.page.get_by_role("button", name="Share").click()
    press(alice, *SPACED)
    dialog = alice.page.get_by_role("dialog", name="Share")
    dialog.get_by_label("Anyone with the link").wait_for()
    for summary in dialog.locator("summary").all():
        summary.click()
    fields = dialog.locator("input:is([type='text'], [type='password'], :not([type])), textarea")
    shown = [field for field in fields.all() if field.is_visible()]
    assert len(shown) >= 3
    for field in shown:
        type_into(field)
    dialog.get_by_label("Label (only you see it)").fill("for all")
    press(alice, "Enter", *HARMFUL)
    dialog.get_by_text("for all").first.wait_for()
    press(alice, *HARMFUL)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_every_field_of_comments_takes_a_sentence(alice: BoardPage) -> None:
    press(alice, "c")
    alice.page.mouse.click(600, 360)
    type_into(alice.page.get_by_role("textbox", name="Write a comment"))
    alice.page.keyboard.type("first")
    press(alice, "Enter", "Delete")
    thread = alice.page.get_by_role("dialog", name="Comment by")
    type_into(thread.get_by_role("textbox", name="Reply"))
    thread.get_by_role("button", name="Edit").click()
    alice.page.keyboard.type(SENTENCE)
    edited = thread.get_by_role("textbox", name="Change your comment")
    expect(edited).to_have_value(f"first{SENTENCE}")
    type_into(edited)
    alice.page.keyboard.type("second")
    press(alice, "Enter", *HARMFUL)
    thread.get_by_text("second").wait_for()
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, *HARMFUL, "Escape")
    expect(thread).to_have_count(0)


def test_files_notifications_and_activity_keep_every_key(alice: BoardPage) -> None:
    menu(alice, "Save as a file")
    press(alice, *SPACED)
    dialog = alice.page.get_by_role("dialog", name="Save as a file")
    expect(dialog).to_be_visible()
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, *HARMFUL, "Escape")
    expect(dialog).to_have_count(0)
    # Other tests on this server may have given alice something to read.
    alice.page.get_by_role("button", name=re.compile("notification", re.IGNORECASE)).click()
    press(alice, *HARMFUL)
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, *HARMFUL, "Escape")
    expect(alice.page.locator(".bell-panel")).to_be_hidden()
    menu(alice, "Activity")
    # The page's own keys go on working beside a panel: they begin a comment, for example.
    beside = [key for key in SPACED if key != "c"]
    press(alice, *beside)
    panel = alice.page.get_by_role("complementary", name="Activity")
    expect(panel).to_be_visible()
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, *beside, "Escape")
    expect(panel).to_have_count(0)


def test_a_guest_gives_a_name_with_spaces(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    body = {"user": None, "level": "edit"}
    path = f"boards/{board}/permissions"
    assert server.call("POST", path, body, server.token("alice"))[0] == 201
    guest = open_page(server).open(board, "/public?edit=true")
    guest.draw_rectangle(500, 300, 200, 120)
    guest.select(500, 360)
    before = canvas(guest)
    press(guest, "c")
    guest.page.mouse.click(600, 360)
    guest.page.keyboard.type(SENTENCE)
    # Not undo: Chromium undoes what was typed in the other field, and goes there.
    press(guest, "Enter", "Delete", "Backspace")
    name = guest.page.get_by_label("Your name")
    expect(name).to_be_focused()
    type_into(name)
    name.fill("Gabi")
    press(guest, "Enter", "Delete", "Backspace")
    assert canvas(guest) == before
