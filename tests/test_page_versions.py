"""The history of a board on its page, what its owner is told of, and the drawing as a file."""

import json

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def open_panel(page: BoardPage, name: str) -> Locator:
    """Opens a panel by the main menu."""
    page.page.get_by_test_id("main-menu-trigger").click()
    page.page.locator(".dropdown-menu").get_by_text(name, exact=True).click()
    return page.page.get_by_role("complementary", name=name)


def ids(page: BoardPage) -> set[str]:
    """What is on the canvas."""
    return {element["id"] for element in page.scene()}


def test_a_version_is_named_looked_at_restored_and_the_restore_undone(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    first = alice.draw_rectangle(500, 300)
    alice.until_status("Saved")
    # Versions hold what was deleted before others came, so viewers see none.
    bob.page.get_by_test_id("main-menu-trigger").click()
    expect(bob.page.get_by_text("Save as a file", exact=True)).to_be_visible()
    assert bob.page.get_by_text("Version history", exact=True).count() == 0
    bob.page.keyboard.press("Escape")

    panel = open_panel(alice, "Version history")
    panel.get_by_role("button", name="Name the current version").click()
    dialog = alice.page.get_by_role("dialog", name="Name this version")
    dialog.get_by_label("Name", exact=True).fill("First sketch")
    alice.page.keyboard.press("Enter")
    expect(panel.get_by_text("First sketch")).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    second = alice.draw_rectangle(700, 500)
    until(lambda: ids(bob), lambda shown: shown == {first, second})

    # The server may have kept one of its own meanwhile.
    versions = open_panel(alice, "Version history").locator(".version-look")
    versions.filter(has_text="First sketch").click()
    alice.page.get_by_role("button", name="Restore this version").click()
    asked = alice.page.get_by_role("dialog", name="Restore this version?")
    expect(asked.get_by_text("changes the board for everyone")).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    assert ids(alice) == {first, second}
    alice.page.get_by_role("button", name="Restore this version").click()
    asked.get_by_role("button", name="Restore", exact=True).click()
    until(lambda: (ids(alice), ids(bob)), lambda both: both == ({first}, {first}))
    panel.get_by_role("button", name="Undo this").click()
    until(lambda: (ids(alice), ids(bob)), lambda both: both == ({first, second},) * 2)


def test_the_owner_is_told_what_happened_and_nobody_else(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.get_by_test_id("main-menu-trigger").click()
    expect(bob.page.get_by_text("Version history", exact=True)).to_be_visible()
    assert bob.page.get_by_text("Activity", exact=True).count() == 0
    assert server.call("GET", f"boards/{board}/audit", token=server.token("bob"))[0] == 403
    alice = open_page(server).sign_in("alice").open(board)
    panel = open_panel(alice, "Activity")
    expect(panel.get_by_text("changed the access of bob: edit")).to_be_visible()
    expect(panel.get_by_text("bob opened the board (edit)").first).to_be_visible()


def test_keys_are_explained_and_a_selection_is_saved_as_a_file(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.draw_rectangle(400, 300)
    chosen = alice.draw_rectangle(700, 300)
    alice.page.keyboard.press("?")
    keys = alice.page.get_by_role("dialog", name="Keys and help")
    expect(keys.get_by_text("Comment on something")).to_be_visible()
    alice.page.keyboard.press("r")  # is not for the editor now
    alice.page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    assert alice.page.evaluate("() => canvasBoard.api.getAppState().activeTool.type") == "selection"

    alice.page.get_by_test_id("main-menu-trigger").click()
    alice.page.get_by_text("Save as a file", exact=True).click()
    dialog = alice.page.get_by_role("dialog", name="Save as a file")
    dialog.get_by_label("The selected element").check()
    with alice.page.expect_download() as download:
        dialog.get_by_role("button", name="Save", exact=True).click()
    assert download.value.suggested_filename == "Test.excalidraw"
    drawing = json.loads(download.value.path().read_text())
    assert [element["id"] for element in drawing["elements"]] == [chosen]
