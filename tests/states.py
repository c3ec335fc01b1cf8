"""Every page and dialog of the site in every state a person meets: for the check of accessibility
and for pictures. Each state is reached as a person reaches it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.page import BoardPage
from tests.pdf_files import in_base64, pdf
from tests.server import PASSWORD
from tests.world import World

MISSING = "00000000-0000-4000-8000-000000000000"


Reach = Callable[[BoardPage, World], object]


@dataclass(frozen=True)
class State:
    """Something to look at. `who` is signed in; nobody for None."""

    name: str
    who: str | None
    reach: Reach


def _account_delete(page: BoardPage, world: World) -> None:
    _at("/account/delete")(page, world)
    page.page.locator(".one-by-one > summary").click()


def _at(path: str) -> Reach:
    return lambda page, world: page.page.goto(world.server.url + path)


def _sign_in_refused(page: BoardPage, world: World) -> None:
    _at("/login")(page, world)
    page.page.get_by_label(page.word("Username")).fill("alice")
    page.page.get_by_label(page.word("Password")).fill("wrong")
    page.page.get_by_role("button", name=page.word("Sign in"), exact=True).click()
    page.page.get_by_role("alert").wait_for()


def _link_password(page: BoardPage, world: World) -> None:
    page.page.goto(world.password_link)
    page.page.get_by_label(page.word("Link password")).wait_for()


def _link_password_wrong(page: BoardPage, world: World) -> None:
    _link_password(page, world)
    page.page.get_by_label(page.word("Link password")).fill("guess")
    page.page.get_by_role("button", name=page.word("Open the board")).click()
    page.page.get_by_role("alert").wait_for()


def _token_refused(page: BoardPage, world: World) -> None:
    page.expected.append("status of 401")
    _at(f"/board/{world.board}?token=expired.or.forged")(page, world)


def _list(page: BoardPage, world: World) -> None:
    _at("/")(page, world)
    page.page.wait_for_load_state("networkidle")


def _list_menu(page: BoardPage, world: World) -> None:
    _list(page, world)
    page.page.get_by_label(page.word("Actions for %(title)s", title="Product launch")).click()


def _list_templates(page: BoardPage, world: World) -> None:
    _list(page, world)
    page.page.get_by_text(page.word("Start from a template")).click()
    page.page.wait_for_load_state("networkidle")


def _list_chosen(page: BoardPage, world: World) -> None:
    _list(page, world)
    for box in page.page.locator("input[name=board]").all()[:2]:
        box.check()
    page.page.get_by_text(page.word("{n} boards chosen", n="2")).wait_for()


def _list_rows(page: BoardPage, world: World) -> None:
    _at("/?view=list")(page, world)
    page.page.wait_for_load_state("networkidle")


def _space(page: BoardPage, world: World) -> None:
    _at(f"/?view=grid&space={world.space}")(page, world)
    page.page.wait_for_load_state("networkidle")


def _list_search_dialog(page: BoardPage, world: World) -> None:
    _list(page, world)
    page.page.keyboard.press("Control+k")
    page.page.get_by_role("combobox", name=page.word("Search")).fill("sprint")
    page.page.get_by_role("group", name=page.word("Boards"), exact=True).wait_for()


def _bell(page: BoardPage, world: World) -> None:
    _list(page, world)
    page.page.locator(".bell-button").click()
    page.page.get_by_role("dialog", name=page.word("Notifications")).get_by_role(
        "listitem"
    ).first.wait_for()


def _language(page: BoardPage, world: World) -> None:
    _list(page, world)
    page.page.locator(".account-menu > summary").click()


def _share_dialog(page: BoardPage, world: World) -> None:
    _list_menu(page, world)
    page.page.locator(f'[data-board="{world.board}"]').get_by_role(
        "link", name=page.word("Share")
    ).click()
    page.page.locator("dialog[open] [data-share-panel]").wait_for()


def _share_problem(page: BoardPage, world: World) -> None:
    _share_dialog(page, world)
    dialog = page.page.locator("dialog[open]")
    dialog.get_by_label(page.word("Username, group or email address")).fill("nobody-here")
    dialog.get_by_role("button", name=page.word("Add"), exact=True).click()
    dialog.get_by_text(page.word("Nobody here has this username. Check the spelling.")).wait_for()


def _on_board(page: BoardPage, world: World) -> None:
    page.open(world.board)
    page.until_status(page.word("Saved"))


def _board_menu(page: BoardPage, world: World) -> None:
    _on_board(page, world)
    page.page.get_by_test_id("main-menu-trigger").click()
    page.page.get_by_role("button", name="Deutsch").wait_for()


def _board_share(page: BoardPage, world: World) -> None:
    _on_board(page, world)
    page.page.get_by_role("button", name=page.word("Share")).click()
    page.page.locator("dialog[open] [data-share-panel]").wait_for()


def _menu_item(name: str, role: Any) -> Reach:
    """A panel or dialog opened from the main menu."""

    def reach(page: BoardPage, world: World) -> None:
        _on_board(page, world)
        page.page.get_by_test_id("main-menu-trigger").click()
        page.page.locator(".dropdown-menu").get_by_text(page.word(name), exact=True).click()
        page.page.get_by_role(role).first.wait_for()

    return reach


def _library(page: BoardPage, world: World) -> None:
    """With the first of the starter set drawn."""
    _menu_item("Library", "complementary")(page, world)
    page.page.locator(".library-preview svg").nth(5).wait_for()


def _mermaid(page: BoardPage, world: World) -> None:
    """With the preview of an example."""
    _menu_item("Insert a Mermaid diagram", "dialog")(page, world)
    page.page.get_by_role("button", name=page.word("Sequence"), exact=True).click()
    page.page.locator(".mermaid-preview[data-kind=drawn] svg").wait_for()


def _pdf_pages(page: BoardPage, world: World) -> None:
    """A PDF was dropped: its pages can be chosen."""
    page.open(world.board)
    page.drop([["Plan for autumn.pdf", "application/pdf", in_base64(pdf(7))]])
    page.page.locator(".pdf-previews li:nth-child(7) img").wait_for()


def _notes(page: BoardPage, world: World) -> None:
    """The tool for notes is on, with its colours."""
    page.open(world.board)
    page.page.get_by_role("button", name=page.word("Note"), exact=True).click()
    page.page.get_by_role("group", name=page.word("Colour of notes")).wait_for()


def _selection(page: BoardPage, world: World) -> None:
    """The bar at what is selected, with all of its colours."""
    _on_board(page, world)
    page.page.keyboard.press("Control+a")
    bar = page.page.get_by_role("toolbar", name=page.word("What is selected"))
    bar.get_by_role("button", name=page.word("Colours")).click()


def _comments(page: BoardPage, world: World) -> None:
    _on_board(page, world)
    page.page.locator(".board-comments").click()
    page.page.get_by_role("complementary").get_by_role("listitem").first.wait_for()


def _comment(page: BoardPage, world: World) -> None:
    _on_board(page, world)
    page.page.locator(".pin:visible").first.click()
    page.page.get_by_role("dialog", name=page.word("Comment by {name}", name="Alice")).wait_for()


def _version(page: BoardPage, world: World) -> None:
    _menu_item("Version history", "complementary")(page, world)
    page.page.locator(".version-look").first.click()
    page.page.get_by_role("region", name=page.word("Preview of an earlier version")).wait_for()


def _conflict(page: BoardPage, world: World) -> None:
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


def _conflict_panel(page: BoardPage, world: World) -> None:
    if not page.page.locator(".board-conflicts").is_visible():
        _conflict(page, world)
    page.page.locator(".board-conflicts").click()
    page.page.get_by_role("button", name=page.word("Keep mine")).first.wait_for()


def _board_search(page: BoardPage, world: World) -> None:
    _on_board(page, world)
    page.page.keyboard.press("Control+k")
    page.page.get_by_role("combobox", name=page.word("Search")).fill("launch")
    page.page.get_by_role("option").first.wait_for()


def _board_offline(page: BoardPage, world: World) -> None:
    page.open(world.sketch)
    page.until_status(page.word("Saved"))
    page.go_offline()
    page.draw_rectangle(560, 620)
    page.until_status(page.word("Offline"))


def _back_online(page: BoardPage, world: World) -> None:
    page.go_online()
    page.until_status(page.word("Saved"))


def _confirm(page: BoardPage) -> None:
    """Types the password again, if it is asked."""
    if "/account/confirm" in page.page.url:
        page.page.get_by_label(page.word("Password")).fill(PASSWORD)
        page.page.get_by_role("button", name=page.word("Continue")).click()


def _webhook_form(page: BoardPage, world: World) -> None:
    page.page.goto(f"{page.server.url}/account/webhooks/new")
    _confirm(page)
    page.page.get_by_label(page.word("Name"), exact=True).fill("Team chat")
    page.page.get_by_label(page.word("Address of the program")).fill(
        "https://chat.example.invalid/hooks/7f3a"
    )


def _webhook_made(page: BoardPage, world: World) -> None:
    _webhook_form(page, world)
    page.page.get_by_role("button", name=page.word("Make webhook")).click()


def _webhook(page: BoardPage, world: World) -> None:
    _webhook_made(page, world)
    page.page.goto(f"{page.server.url}/account/webhooks")
    page.page.get_by_role("link", name=page.word("Open %(name)s", name="Team chat")).first.click()
    page.page.get_by_role("button", name=page.word("Send a test")).click()
    page.page.get_by_text(page.word("its name can't be found")).or_(
        page.page.get_by_text(page.word("waiting"))
    ).first.wait_for()


def _token_form(page: BoardPage, world: World) -> None:
    page.page.goto(f"{page.server.url}/account/tokens/new")
    _confirm(page)
    page.page.get_by_label(page.word("Name"), exact=True).fill("Build status")
    page.page.get_by_label(page.word("Boards and spaces that I choose")).check()
    page.page.get_by_label("Product launch").check()


def _token_made(page: BoardPage, world: World) -> None:
    _token_form(page, world)
    page.page.get_by_role("button", name=page.word("Make token")).click()


def _board_view_only(page: BoardPage, world: World) -> None:
    page.open(world.view_board)
    page.until_status(page.word("View only"))


STATES = (
    State("sign-in", None, _at("/login")),
    State("password-reset", None, _at("/account/password/reset")),
    State("security", "charlie", _at("/account/security")),
    State("password-change", "charlie", _at("/account/password")),
    State("confirm-password", "charlie", _at("/account/app")),
    State("tokens-empty", "charlie", _at("/account/tokens")),
    State("token-new", "alice", _token_form),
    State("token-made", "alice", _token_made),
    State("tokens", "alice", _at("/account/tokens")),
    State("webhooks-empty", "charlie", _at("/account/webhooks")),
    State("webhook-new", "alice", _webhook_form),
    State("webhook-made", "alice", _webhook_made),
    State("webhook", "alice", _webhook),
    State("webhooks", "alice", _at("/account/webhooks")),
    State("sign-in-refused", None, _sign_in_refused),
    State("link-password", None, _link_password),
    State("link-password-wrong", None, _link_password_wrong),
    State("link-not-accepted", None, _token_refused),
    State("not-found-signed-out", None, _at("/no/such/page")),
    State("public-board", None, lambda page, world: page.open(world.board, "/public?edit=true")),
    State("list-empty", "admin", _list),
    State("list-empty-trash", "admin", _at("/?show=trash")),
    State("list", "alice", _list),
    State("list-menu", "alice", _list_menu),
    State("list-templates", "alice", _list_templates),
    State("list-rows", "alice", _list_rows),
    State("space", "alice", _space),
    State("space-empty", "alice", lambda page, world: _at(f"/?space={world.empty}")(page, world)),
    State("space-members", "alice", lambda page, world: _at(f"/spaces/{world.space}")(page, world)),
    State("list-chosen", "alice", _list_chosen),
    State("list-starred", "alice", _at("/?show=starred")),
    State("list-search-dialog", "alice", _list_search_dialog),
    State("notifications-bell", "alice", _bell),
    State("notifications", "alice", _at("/account/notifications")),
    State("list-search", "alice", _at("/?q=sprint")),
    State("list-nothing-found", "alice", _at("/?q=zzz")),
    State("list-trash", "alice", _at("/?show=trash")),
    State("language-menu", "alice", _language),
    State("account", "alice", _at("/account")),
    State("account-delete", "alice", _account_delete),
    State("share-dialog", "alice", _share_dialog),
    State("share-dialog-problem", "alice", _share_problem),
    State(
        "share-page", "alice", lambda page, world: _at(f"/board/{world.board}/share")(page, world)
    ),
    State(
        "activity", "alice", lambda page, world: _at(f"/board/{world.board}/activity")(page, world)
    ),
    State("board", "alice", _on_board),
    State("board-menu", "alice", _board_menu),
    State("board-share", "alice", _board_share),
    State("board-search", "alice", _board_search),
    State("board-offline", "alice", _board_offline),
    State("board-online-again", "alice", _back_online),
    State("board-comments", "alice", _comments),
    State("board-comment", "alice", _comment),
    State("board-versions", "alice", _menu_item("Version history", "complementary")),
    State("board-version", "alice", _version),
    State("board-activity", "alice", _menu_item("Activity", "complementary")),
    State("board-outline", "alice", _menu_item("Outline", "complementary")),
    State("board-library", "alice", _library),
    State("board-help", "alice", _menu_item("Keys and help", "dialog")),
    State("board-save", "alice", _menu_item("Save as a file", "dialog")),
    State("board-mermaid", "alice", _mermaid),
    State("board-pdf-pages", "alice", _pdf_pages),
    State("board-notes", "alice", _notes),
    State("board-selection", "alice", _selection),
    State("board-present", "alice", _menu_item("Present", "region")),
    State("board-conflict", "alice", _conflict),
    State("board-conflict-panel", "alice", _conflict_panel),
    State(
        "no-access",
        "charlie",
        lambda page, world: page.page.goto(
            f"{world.server.url}/board/{world.board.replace(world.board[:8], '0' * 8)}"
        ),
    ),
    State("not-found", "charlie", _at("/no/such/page")),
    State("list-shared", "charlie", _at("/?show=shared")),
    State("board-view-only", "charlie", _board_view_only),
)

ADMIN_STATES = (
    State("admin", "admin", _at("/admin/")),
    State("admin-boards", "admin", _at("/admin/boards/board/")),
    State(
        "admin-board",
        "admin",
        lambda page, world: _at(f"/admin/boards/board/{world.board}/change/")(page, world),
    ),
    State("admin-audit", "admin", _at("/admin/audit/auditlog/")),
    State("admin-audit-row", "admin", _at("/admin/audit/auditlog/1/change/")),
    State("admin-links", "admin", _at("/admin/boards/sharelink/")),
    State("admin-versions", "admin", _at("/admin/sync/version/")),
    State("admin-status", "admin", _at("/admin/status")),
)
"""Separate, because most of it is Django's own."""
