"""The ways to the states in `states.py`, as a person goes them."""

from collections.abc import Callable
from typing import Any

from tests.page import BoardPage
from tests.pdf_files import in_base64, pdf
from tests.server import PASSWORD
from tests.world import World

Reach = Callable[[BoardPage, World], object]


def account_delete(page: BoardPage, world: World) -> None:
    at("/account/delete")(page, world)
    page.page.locator(".one-by-one > summary").click()


def at(path: str) -> Reach:
    """The page at a path, which may name parts of the world: `/board/{world.board}/share`."""
    return lambda page, world: page.page.goto(world.server.url + path.format(world=world))


def sign_in_refused(page: BoardPage, world: World) -> None:
    at("/login")(page, world)
    page.page.get_by_label(page.word("Username")).fill("alice")
    page.page.get_by_label(page.word("Password")).fill("wrong")
    page.page.get_by_role("button", name=page.word("Sign in"), exact=True).click()
    page.page.get_by_role("alert").wait_for()


def link_password(page: BoardPage, world: World) -> None:
    page.page.goto(world.password_link)
    page.page.get_by_label(page.word("Link password")).wait_for()


def link_password_wrong(page: BoardPage, world: World) -> None:
    link_password(page, world)
    page.page.get_by_label(page.word("Link password")).fill("guess")
    page.page.get_by_role("button", name=page.word("Open the board")).click()
    page.page.get_by_role("alert").wait_for()


def token_refused(page: BoardPage, world: World) -> None:
    page.expected.append("status of 401")
    at(f"/board/{world.board}?token=expired.or.forged")(page, world)


def board_list(page: BoardPage, world: World) -> None:
    at("/")(page, world)
    page.page.wait_for_load_state("networkidle")


def list_menu(page: BoardPage, world: World) -> None:
    board_list(page, world)
    page.page.get_by_label(page.word("Actions for %(title)s", title="Product launch")).click()


def list_templates(page: BoardPage, world: World) -> None:
    board_list(page, world)
    page.page.get_by_text(page.word("Start from a template")).click()
    page.page.wait_for_load_state("networkidle")


def list_chosen(page: BoardPage, world: World) -> None:
    board_list(page, world)
    for box in page.page.locator("input[name=board]").all()[:2]:
        box.check()
    page.page.get_by_text(page.word("{n} boards chosen", n="2")).wait_for()


def list_rows(page: BoardPage, world: World) -> None:
    at("/?view=list")(page, world)
    page.page.wait_for_load_state("networkidle")


def space(page: BoardPage, world: World) -> None:
    at(f"/?view=grid&space={world.space}")(page, world)
    page.page.wait_for_load_state("networkidle")


def list_search_dialog(page: BoardPage, world: World) -> None:
    board_list(page, world)
    page.page.keyboard.press("Control+k")
    page.page.get_by_role("combobox", name=page.word("Search")).fill("sprint")
    page.page.get_by_role("group", name=page.word("Boards"), exact=True).wait_for()


def bell(page: BoardPage, world: World) -> None:
    board_list(page, world)
    page.page.locator(".bell-button").click()
    page.page.get_by_role("dialog", name=page.word("Notifications")).get_by_role(
        "listitem"
    ).first.wait_for()


def language(page: BoardPage, world: World) -> None:
    board_list(page, world)
    page.page.locator(".account-menu > summary").click()


def share_dialog(page: BoardPage, world: World) -> None:
    list_menu(page, world)
    page.page.locator(f'[data-board="{world.board}"]').get_by_role(
        "link", name=page.word("Share")
    ).click()
    page.page.locator("dialog[open] [data-share-panel]").wait_for()


def share_problem(page: BoardPage, world: World) -> None:
    share_dialog(page, world)
    dialog = page.page.locator("dialog[open]")
    dialog.get_by_label(page.word("Username, group or email address")).fill("nobody-here")
    dialog.get_by_role("button", name=page.word("Add"), exact=True).click()
    dialog.get_by_text(page.word("Nobody here has this username. Check the spelling.")).wait_for()


def on_board(page: BoardPage, world: World) -> None:
    page.open(world.board)
    page.until_status(page.word("Saved"))


def board_menu(page: BoardPage, world: World) -> None:
    on_board(page, world)
    page.page.get_by_test_id("main-menu-trigger").click()
    page.page.get_by_role("button", name="Deutsch").wait_for()


def board_share(page: BoardPage, world: World) -> None:
    on_board(page, world)
    page.page.get_by_role("button", name=page.word("Share")).click()
    page.page.locator("dialog[open] [data-share-panel]").wait_for()


def menu_item(name: str, role: Any) -> Reach:
    """A panel or dialog opened from the main menu."""

    def reach(page: BoardPage, world: World) -> None:
        on_board(page, world)
        page.page.get_by_test_id("main-menu-trigger").click()
        page.page.locator(".dropdown-menu").get_by_text(page.word(name), exact=True).click()
        page.page.get_by_role(role).first.wait_for()

    return reach


def library(page: BoardPage, world: World) -> None:
    """With the first of the starter set drawn."""
    menu_item("Library", "complementary")(page, world)
    page.page.locator(".library-preview svg").nth(5).wait_for()


def mermaid(page: BoardPage, world: World) -> None:
    """With the preview of an example."""
    menu_item("Insert a Mermaid diagram", "dialog")(page, world)
    page.page.get_by_role("button", name=page.word("Sequence"), exact=True).click()
    page.page.locator(".mermaid-preview[data-kind=drawn] svg").wait_for()


def pdf_pages(page: BoardPage, world: World) -> None:
    """A PDF was dropped: its pages can be chosen."""
    page.open(world.board)
    page.drop([["Plan for autumn.pdf", "application/pdf", in_base64(pdf(7))]])
    page.page.locator(".pdf-previews li:nth-child(7) img").wait_for()


def notes(page: BoardPage, world: World) -> None:
    """The tool for notes is on, with its colours."""
    page.open(world.board)
    page.page.get_by_role("button", name=page.word("Note"), exact=True).click()
    page.page.get_by_role("group", name=page.word("Colour of notes")).wait_for()


def selection(page: BoardPage, world: World) -> None:
    """The bar at what is selected, with all of its colours."""
    on_board(page, world)
    page.page.keyboard.press("Control+a")
    bar = page.page.get_by_role("toolbar", name=page.word("What is selected"))
    bar.get_by_role("button", name=page.word("Colours")).click()


def comments(page: BoardPage, world: World) -> None:
    on_board(page, world)
    page.page.locator(".board-comments").click()
    page.page.get_by_role("complementary").get_by_role("listitem").first.wait_for()


def comment(page: BoardPage, world: World) -> None:
    on_board(page, world)
    page.page.locator(".pin:visible").first.click()
    page.page.get_by_role("dialog", name=page.word("Comment by {name}", name="Alice")).wait_for()


def version(page: BoardPage, world: World) -> None:
    menu_item("Version history", "complementary")(page, world)
    page.page.locator(".version-look").first.click()
    page.page.get_by_role("region", name=page.word("Preview of an earlier version")).wait_for()


def conflict(page: BoardPage, world: World) -> None:
    """Alice moves a shape while offline, and bob moves it elsewhere."""
    page.open(world.sketch)
    left = 400 if page.page.evaluate("innerWidth") > 600 else 100
    shape = page.draw_rectangle(left, 300)
    page.until_status(page.word("Saved"))
    page.go_offline()
    page.select(left, 340)
    page.drag((left, 340), (left + 100, 440))
    page.page.keyboard.press("Escape")
    change = {"change": [{"id": shape, "x": 0, "y": 0}]}
    path, token = f"boards/{world.sketch}/elements", world.server.token("bob")
    assert world.server.call("POST", path, change, token)[0] == 200
    page.go_online()
    page.until_status(page.word("Saved"), seconds=40)
    page.page.locator(".board-conflicts").wait_for()


def conflict_panel(page: BoardPage, world: World) -> None:
    if not page.page.locator(".board-conflicts").is_visible():
        conflict(page, world)
    page.page.locator(".board-conflicts").click()
    page.page.get_by_role("button", name=page.word("Keep mine")).first.wait_for()


def board_search(page: BoardPage, world: World) -> None:
    on_board(page, world)
    page.page.keyboard.press("Control+k")
    page.page.get_by_role("combobox", name=page.word("Search")).fill("launch")
    page.page.get_by_role("option").first.wait_for()


def board_offline(page: BoardPage, world: World) -> None:
    page.open(world.sketch)
    page.until_status(page.word("Saved"))
    page.go_offline()
    page.draw_rectangle(560, 620)
    page.until_status(page.word("Offline"))


def back_online(page: BoardPage, world: World) -> None:
    page.go_online()
    page.until_status(page.word("Saved"))


def confirm(page: BoardPage) -> None:
    """Types the password again, if it is asked."""
    if "/account/confirm" in page.page.url:
        page.page.get_by_label(page.word("Password")).fill(PASSWORD)
        page.page.get_by_role("button", name=page.word("Continue")).click()


def webhook_form(page: BoardPage, world: World) -> None:
    page.page.goto(f"{page.server.url}/account/webhooks/new")
    confirm(page)
    page.page.get_by_label(page.word("Name"), exact=True).fill("Team chat")
    page.page.get_by_label(page.word("Address of the program")).fill(
        "https://chat.example.invalid/hooks/7f3a"
    )


def webhook_made(page: BoardPage, world: World) -> None:
    webhook_form(page, world)
    page.page.get_by_role("button", name=page.word("Make webhook")).click()


def webhook(page: BoardPage, world: World) -> None:
    webhook_made(page, world)
    page.page.goto(f"{page.server.url}/account/webhooks")
    page.page.get_by_role("link", name=page.word("Open %(name)s", name="Team chat")).first.click()
    page.page.get_by_role("button", name=page.word("Send a test")).click()
    page.page.get_by_text(page.word("its name can't be found")).or_(
        page.page.get_by_text(page.word("waiting"))
    ).first.wait_for()


def token_form(page: BoardPage, world: World) -> None:
    page.page.goto(f"{page.server.url}/account/tokens/new")
    confirm(page)
    page.page.get_by_label(page.word("Name"), exact=True).fill("Build status")
    page.page.get_by_label(page.word("Boards and spaces that I choose")).check()
    page.page.get_by_label("Product launch").check()


def token_made(page: BoardPage, world: World) -> None:
    token_form(page, world)
    page.page.get_by_role("button", name=page.word("Make token")).click()


def board_view_only(page: BoardPage, world: World) -> None:
    page.open(world.view_board)
    page.until_status(page.word("View only"))
