"""Every page and dialog of the site in every state a person meets: for the check of accessibility
and for pictures."""

from dataclasses import dataclass

from tests import reaching
from tests.reaching import Reach, at


@dataclass(frozen=True)
class State:
    """Something to look at. `who` is signed in; nobody for None."""

    name: str
    who: str | None
    reach: Reach


STATES = (
    State("sign-in", None, at("/login")),
    State("password-reset", None, at("/account/password/reset")),
    State("security", "charlie", at("/account/security")),
    State("password-change", "charlie", at("/account/password")),
    State("confirm-password", "charlie", at("/account/app")),
    State("tokens-empty", "charlie", at("/account/tokens")),
    State("token-new", "alice", reaching.token_form),
    State("token-made", "alice", reaching.token_made),
    State("tokens", "alice", at("/account/tokens")),
    State("webhooks-empty", "charlie", at("/account/webhooks")),
    State("webhook-new", "alice", reaching.webhook_form),
    State("webhook-made", "alice", reaching.webhook_made),
    State("webhook", "alice", reaching.webhook),
    State("webhooks", "alice", at("/account/webhooks")),
    State("sign-in-refused", None, reaching.sign_in_refused),
    State("link-password", None, reaching.link_password),
    State("link-password-wrong", None, reaching.link_password_wrong),
    State("link-not-accepted", None, reaching.token_refused),
    State("not-found-signed-out", None, at("/no/such/page")),
    State("public-board", None, lambda page, world: page.open(world.board, "/public?edit=true")),
    State("list-empty", "admin", reaching.board_list),
    State("list-empty-trash", "admin", at("/?show=trash")),
    State("list", "alice", reaching.board_list),
    State("list-menu", "alice", reaching.list_menu),
    State("list-templates", "alice", reaching.list_templates),
    State("list-rows", "alice", reaching.list_rows),
    State("space", "alice", reaching.space),
    State("space-empty", "alice", at("/?space={world.empty}")),
    State("space-members", "alice", at("/spaces/{world.space}")),
    State("list-chosen", "alice", reaching.list_chosen),
    State("list-starred", "alice", at("/?show=starred")),
    State("list-search-dialog", "alice", reaching.list_search_dialog),
    State("notifications-bell", "alice", reaching.bell),
    State("notifications", "alice", at("/account/notifications")),
    State("list-search", "alice", at("/?q=sprint")),
    State("list-nothing-found", "alice", at("/?q=zzz")),
    State("list-trash", "alice", at("/?show=trash")),
    State("language-menu", "alice", reaching.language),
    State("account", "alice", at("/account")),
    State("account-delete", "alice", reaching.account_delete),
    State("share-dialog", "alice", reaching.share_dialog),
    State("share-dialog-problem", "alice", reaching.share_problem),
    State("share-page", "alice", at("/board/{world.board}/share")),
    State("activity", "alice", at("/board/{world.board}/activity")),
    State("board", "alice", reaching.on_board),
    State("board-menu", "alice", reaching.board_menu),
    State("board-share", "alice", reaching.board_share),
    State("board-search", "alice", reaching.board_search),
    State("board-offline", "alice", reaching.board_offline),
    State("board-online-again", "alice", reaching.back_online),
    State("board-comments", "alice", reaching.comments),
    State("board-comment", "alice", reaching.comment),
    State("board-versions", "alice", reaching.menu_item("Version history", "complementary")),
    State("board-version", "alice", reaching.version),
    State("board-activity", "alice", reaching.menu_item("Activity", "complementary")),
    State("board-outline", "alice", reaching.menu_item("Outline", "complementary")),
    State("board-library", "alice", reaching.library),
    State("board-help", "alice", reaching.menu_item("Keys and help", "dialog")),
    State("board-save", "alice", reaching.menu_item("Save as a file", "dialog")),
    State("board-mermaid", "alice", reaching.mermaid),
    State("board-pdf-pages", "alice", reaching.pdf_pages),
    State("board-notes", "alice", reaching.notes),
    State("board-selection", "alice", reaching.selection),
    State("board-present", "alice", reaching.menu_item("Present", "region")),
    State("board-conflict", "alice", reaching.conflict),
    State("board-conflict-panel", "alice", reaching.conflict_panel),
    State(
        "no-access",
        "charlie",
        lambda page, world: page.page.goto(
            f"{world.server.url}/board/{world.board.replace(world.board[:8], '0' * 8)}"
        ),
    ),
    State("not-found", "charlie", at("/no/such/page")),
    State("list-shared", "charlie", at("/?show=shared")),
    State("board-view-only", "charlie", reaching.board_view_only),
)

ADMIN_STATES = (
    State("admin", "admin", at("/admin/")),
    State("admin-boards", "admin", at("/admin/boards/board/")),
    State("admin-board", "admin", at("/admin/boards/board/{world.board}/change/")),
    State("admin-audit", "admin", at("/admin/audit/auditlog/")),
    State("admin-audit-row", "admin", at("/admin/audit/auditlog/1/change/")),
    State("admin-links", "admin", at("/admin/boards/sharelink/")),
    State("admin-versions", "admin", at("/admin/sync/version/")),
    State("admin-status", "admin", at("/admin/status")),
)
"""Separate, because most of it is Django's own."""
