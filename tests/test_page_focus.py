"""Keys: what lies above the canvas keeps them at every moment; Escape closes what is on top."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import workshops
from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until
from tests.test_page_library import keep, names, show

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SENTENCE = "please look at 2 red boxes"
"""Spaces press buttons, and most of the letters are tools of the editor."""
_CANVAS = """() => {
  const {api} = window.canvasBoard
  const {activeTool, selectedElementIds, scrollX, scrollY} = api.getAppState()
  const elements = api.getSceneElements().map(one => [one.id, one.x, one.y, one.strokeColor])
  return {elements, tool: activeTool.type, selected: selectedElementIds, scrollX, scrollY}
}"""
_AT_ITS_APPEARANCE = """selector => new Promise(resolve => {
  new MutationObserver((_, observer) => {
    const element = document.querySelector(selector)
    if (!element) return
    observer.disconnect()
    resolve(element.contains(document.activeElement))
  }).observe(document.body, {childList: true, subtree: true})
})"""
"""Whether it has the focus in the very task in which it appears."""
_SLOW = """() => {
  const began = performance.now(), now = performance.now.bind(performance)
  performance.now = () => began + (now() - began) * 1000
}"""
"""React gives way to events after each step, as it does where a step takes five milliseconds."""
_WATCH = """() => {
  window.lost = []
  const look = what => document.activeElement === document.body && window.lost.push(what)
  new MutationObserver(records => {
    const [{target}] = records
    queueMicrotask(() => queueMicrotask(() => look(target.outerHTML.slice(0, 80))))
  }).observe(document.body, {childList: true, subtree: true})
}"""
"""Notes each change of the page after which nothing has the focus: the next key would be lost."""
_LOSE_FOCUS = "() => document.activeElement.blur()"


@pytest.fixture
def alice(server: Server, open_page: OpenPage) -> Iterator[BoardPage]:
    """A board with a selected box; at the end the canvas has heard no key."""
    page = open_page(server).sign_in("alice").open(server.new_board(bob="edit"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.draw_rectangle(500, 300, 200, 120)
    page.select(500, 360)
    before = canvas(page)
    assert before["selected"]
    yield page
    assert canvas(page) == before


def canvas(page: BoardPage) -> Any:
    """What a key could change in the editor."""
    return page.page.evaluate(_CANVAS)


def type_all(page: BoardPage, text: str = SENTENCE) -> None:
    """Types as fast as keys can come, and what would delete the selection."""
    page.page.keyboard.type(text)


def menu(page: BoardPage, name: str) -> None:
    """Chooses from the main menu."""
    page.page.get_by_test_id("main-menu-trigger").click()
    page.page.locator(".dropdown-menu").get_by_text(name, exact=True).click()


def press(page: BoardPage, *keys: str) -> None:
    """Presses keys one after the other."""
    for key in keys:
        page.page.keyboard.press(key)


def test_the_share_dialog_keeps_every_key(alice: BoardPage) -> None:
    alice.page.get_by_role("button", name="Share").click()
    press(alice, "Delete", "r")  # while the forms are loaded
    dialog = alice.page.get_by_role("dialog", name="Share")
    dialog.get_by_label("Anyone with the link").select_option("view")
    dialog.get_by_role("button", name="Copy public link").wait_for()
    copying = dialog.locator("button[data-copy]")
    expect(copying).to_have_count(2)
    for button in copying.all():
        button.click()
        press(alice, "Delete", "r", "Backspace")
        expect(button).to_have_text("Copied")
        press(alice, "Delete")
        alice.page.evaluate(_LOSE_FOCUS)
        press(alice, "Delete")
    field = dialog.get_by_label("Username, group or email address")
    field.fill("")
    field.press_sequentially(SENTENCE)
    expect(field).to_have_value(SENTENCE)
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, "Delete", "Escape")
    expect(dialog).to_have_count(0)


def test_a_version_is_named_with_spaces_right_away(alice: BoardPage) -> None:
    menu(alice, "Version history")
    press(alice, "Delete", "r")  # while the panel is loaded
    panel = alice.page.get_by_role("complementary", name="Version history")
    panel.get_by_role("button", name="Name the current version").click()
    type_all(alice)
    dialog = alice.page.get_by_role("dialog", name="Name this version")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value(SENTENCE)
    press(alice, "Enter", "Delete")
    expect(panel.get_by_text(SENTENCE)).to_be_visible()
    press(alice, "Delete")
    panel.get_by_role("button", name="Name the current version").click()
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, "Escape")
    expect(dialog).to_have_count(0)
    expect(panel).to_be_visible()
    press(alice, "Delete", "Escape")
    expect(panel).to_have_count(0)


def test_no_key_is_early_for_what_opens(server: Server, open_page: OpenPage) -> None:
    """It has the focus before the browser can handle another event, also on a slow machine."""
    alice = open_page(server).sign_in("alice").open(server.new_board())
    alice.page.evaluate(_SLOW)

    def has_focus(selector: str) -> Any:
        alice.page.evaluate(f"window.appeared = ({_AT_ITS_APPEARANCE})({selector!r}); 0")
        return lambda: alice.page.evaluate("window.appeared")

    panel = has_focus(".board-panel")
    menu(alice, "Version history")
    assert panel() is True
    surface = has_focus(".placing")
    press(alice, "Escape", "c")
    assert surface() is True
    press(alice, "Escape")
    bar = has_focus(".workshop-bar")
    menu(alice, "Workshop")
    assert bar() is True


def test_the_focus_is_never_lost_for_a_moment(server: Server, open_page: OpenPage) -> None:
    """What has it moves, goes away or gives it to another part, also on a slow machine."""
    keep(server, "alice", "mine", "One", "Two", "Three")
    page = open_page(server).sign_in("alice").open(server.new_board())
    own = show(page)
    until(lambda: names(own), lambda shown: shown == ["One", "Two", "Three"])
    page.page.evaluate(_SLOW)
    own.get_by_role("button", name="One", exact=True).focus()
    page.page.evaluate(_WATCH)
    press(page, "Alt+ArrowRight", "F2")
    type_all(page, "First of all")
    press(page, "Enter")
    until(lambda: names(own), lambda shown: shown == ["Two", "First of all", "Three"])
    press(page, "Escape")
    expect(page.page.locator(".board-panel")).to_have_count(0)
    page.page.locator("button.board-rename").focus()
    press(page, "Enter")
    type_all(page, "Plan b")
    press(page, "Enter")
    expect(page.page.locator("button.board-rename")).to_be_focused()
    workshops.begin(page)
    workshops.button(page, "Timer").focus()
    press(page, "Enter")
    expect(page.page.locator(".workshop-panel :focus")).to_have_count(1)
    press(page, "Escape")
    expect(workshops.button(page, "Timer")).to_be_focused()
    assert page.page.evaluate("window.lost") == []


def test_the_focus_stays_when_what_was_pressed_goes_away(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page(server).sign_in("alice").open(server.new_board(bob="edit"))
    page.draw_rectangle(500, 300)
    focused = page.page.locator(":focus")

    def pressed(name: str) -> None:
        page.page.get_by_role("button", name=name, exact=True).last.focus()
        press(page, "Enter")

    menu(page, "Outline")
    pressed("Connect")
    expect(focused).to_have_attribute("role", "treeitem")
    pressed("Cancel")
    expect(focused).to_have_attribute("role", "treeitem")
    menu(page, "Activity")
    pressed("Refresh")
    expect(focused).to_have_text("Refresh")
    page.page.goto(f"{server.url}/")
    box = page.page.locator("input[name=board]").first
    box.focus()
    press(page, " ")
    pressed("Clear")
    expect(box).to_be_focused()
    summary = page.page.locator(".board-card .menu summary").first
    summary.focus()
    press(page, "Enter")
    page.page.get_by_role("link", name="Share", exact=True).focus()
    press(page, "Enter")
    page.page.locator(".share-dialog [data-share-panel]").wait_for()
    pressed("Copy link for these people")
    expect(focused).to_have_text("Copied")
    press(page, "Escape")
    expect(summary).to_be_focused()


def test_comments_take_every_letter_after_every_step(alice: BoardPage) -> None:
    press(alice, "c")
    alice.page.get_by_text("Click where your comment belongs").wait_for()
    press(alice, "Delete")
    alice.page.mouse.click(600, 360)
    type_all(alice)
    field = alice.page.get_by_role("textbox", name="Write a comment")
    expect(field).to_have_value(SENTENCE)
    press(alice, "Enter")
    type_all(alice)
    thread = alice.page.get_by_role("dialog", name="Comment by")
    expect(thread.get_by_role("textbox")).to_have_value(SENTENCE)
    press(alice, "Enter")
    type_all(alice)
    expect(thread.get_by_role("textbox")).to_have_value(SENTENCE)
    thread.get_by_role("button", name="Resolve").click()
    press(alice, "Delete")
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, "Delete", "Escape")
    expect(thread).to_have_count(0)


def test_escape_closes_from_top_to_bottom_wherever_the_focus_is(alice: BoardPage) -> None:
    alice.page.get_by_role("button", name="Comments").first.click()
    panel = alice.page.get_by_role("complementary", name="Comments")
    expect(panel).to_be_visible()
    press(alice, "Delete")
    menu(alice, "Keys and help")
    press(alice, "Delete", "r")
    dialog = alice.page.get_by_role("dialog", name="Keys and help")
    expect(dialog).to_be_visible()
    alice.page.evaluate(_LOSE_FOCUS)
    press(alice, "Delete", "Escape")
    expect(dialog).to_have_count(0)
    panel.click()
    alice.page.get_by_role("button", name="Share").focus()
    press(alice, "Escape")
    expect(panel).to_have_count(0)


def test_the_canvas_has_its_keys_back_after_a_click_on_it(alice: BoardPage) -> None:
    before = canvas(alice)
    alice.page.get_by_role("button", name="Comments").first.click()
    panel = alice.page.get_by_role("complementary", name="Comments")
    expect(panel).to_be_visible()
    alice.page.mouse.click(300, 600)
    alice.page.keyboard.press("r")
    assert canvas(alice)["tool"] == "rectangle"
    alice.page.keyboard.press("Escape")
    alice.select(500, 360)
    assert canvas(alice) | {"scrollX": 0} == before | {"scrollX": 0}
    expect(panel).to_be_visible()


def test_the_canvas_has_its_keys_back_after_a_dialog_of_the_menu(alice: BoardPage) -> None:
    before = canvas(alice)
    for name in ("Keys and help", "Save as a file", "Print or save as PDF"):
        menu(alice, name)
        dialog = alice.page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        press(alice, "Escape")
        expect(dialog).to_have_count(0)
        # The entry of the menu had the focus, and is gone.
        expect(alice.page.locator(".excalidraw").first).to_be_focused()
    press(alice, "r")
    assert canvas(alice)["tool"] == "rectangle"
    press(alice, "Escape")
    alice.select(500, 360)
    assert canvas(alice) == before
