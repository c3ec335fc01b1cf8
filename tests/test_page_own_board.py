"""A board is renamed, copied, moved to the trash and brought back where it is open."""

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import BoardPage, alive, until_open
from tests.server import ROOT, Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def menu(page: BoardPage, item: str) -> None:
    """Chooses something in the main menu."""
    page.page.get_by_role("button", name="Menu", exact=True).click()
    page.page.locator(".dropdown-menu").get_by_text(item, exact=True).click()


def test_its_title_is_changed_in_place(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    title = alice.page.get_by_role("heading", level=1)
    field = alice.page.get_by_role("textbox", name="Title of the board")
    alice.page.get_by_role("button", name="Test", exact=True).click()
    alice.page.keyboard.type("Plan for next year")
    alice.page.keyboard.press("Enter")
    expect(bob.page.get_by_role("heading", name="Plan for next year")).to_be_visible()
    expect(title).to_have_text("Plan for next year")
    expect(alice.page.get_by_role("button", name="Plan for next year")).to_be_focused()
    # Nothing that was typed was a key of the canvas.
    assert alice.scene() == []
    menu(alice, "Rename")
    expect(field).to_be_focused()
    alice.page.keyboard.type("Something else")
    alice.page.keyboard.press("Escape")
    expect(title).to_have_text("Plan for next year")
    menu(alice, "Rename")
    field.fill("   ")
    alice.page.mouse.click(640, 400)
    expect(title).to_have_text("Plan for next year")
    # Who may edit and does not manage it has a title to read.
    assert bob.page.get_by_role("button", name="Plan for next year").count() == 0
    bob.page.get_by_role("button", name="Menu", exact=True).click()
    entries = bob.page.locator(".dropdown-menu").inner_text()
    assert "Make a copy" in entries
    assert "Rename" not in entries
    assert "Move to trash" not in entries


def test_a_copy_opens_with_what_is_drawn(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.draw_rectangle(300, 300)
    alice.until_status("saved")
    menu(alice, "Make a copy")
    alice.page.wait_for_url(lambda address: "/board/" in address and board not in address)
    until_open(alice.page)
    alice.until_content(lambda content: len(alive(content)) == 1)


def test_it_goes_to_the_trash_and_comes_back(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    for page in (alice, bob):
        page.expected.append("status of 404")
    alice.draw_rectangle(300, 300)
    alice.until_status("saved")
    alice.page.once("dialog", lambda dialog: dialog.dismiss())
    menu(alice, "Move to trash")
    alice.page.once("dialog", lambda dialog: dialog.accept())
    menu(alice, "Move to trash")
    gone = "This board is gone"
    expect(alice.page.get_by_role("heading", name=gone)).to_be_visible()
    expect(bob.page.get_by_role("heading", name=gone)).to_be_visible()
    assert bob.page.get_by_role("button", name="Restore it from the trash").count() == 0
    alice.page.get_by_role("button", name="Restore it from the trash").click()
    until_open(alice.page)
    alice.until_content(lambda content: len(alive(content)) == 1)
    # By its address it says where it is, to who may bring it back.
    alice.page.once("dialog", lambda dialog: dialog.accept())
    menu(alice, "Move to trash")
    expect(alice.page.get_by_role("heading", name=gone)).to_be_visible()
    for page in (alice, bob):
        page.page.goto(f"{server.url}/board/{board}")
    expect(bob.page.get_by_role("heading", name="Nothing to show here")).to_be_visible()
    expect(alice.page.get_by_role("heading", name="is in the trash")).to_be_visible()
    alice.page.get_by_role("button", name="Restore and open").click()
    until_open(alice.page)
    alice.until_content(lambda content: len(alive(content)) == 1)


def test_files_are_added_by_the_menu(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    files = ROOT / "tests" / "excalidraw_files"
    drawing = min(files.rglob("*.excalidraw"))
    with alice.page.expect_file_chooser() as chooser:
        menu(alice, "Add files")
    chooser.value.set_files([drawing])
    until(alice.scene, lambda scene: len(scene) > 0)
