"""What the owner of a board leaves in the audit log, by address and method."""

from __future__ import annotations

from canvas_project.tests import account_addresses

VISIT = ["room_access"]
NONE: list[str] = []


def wrote(*kinds: str) -> list[str]:
    """A visit that writes."""
    return [*VISIT, *(f"room_write {kind}" for kind in kinds)]


EXPECTED: dict[tuple[str, str], list[str]] = {
    **account_addresses.EXPECTED,
    # Nothing about a board.
    **dict.fromkeys(
        [
            ("healthz", "GET"),
            ("readyz", "GET"),
            ("metrics", "GET"),
            ("admin-status", "GET"),
            ("service-worker", "GET"),
            ("first-start", "GET"),
            ("invitation", "GET"),
            ("invitation", "POST"),
            ("first-start", "POST"),
            ("home", "GET"),  # the list of boards, as `api-boards`
            ("language", "POST"),
            ("template-picture", "GET"),
            ("api-schema", "GET"),
            ("api-boards", "GET"),
            ("api-usage", "GET"),
            ("api-program-tokens", "GET"),
            ("api-program-token", "DELETE"),  # of nobody
            ("api-webhooks", "GET"),
            (
                "api-webhook",
                "GET",
            ),  # here and below of nobody; see boards/tests/test_api_webhooks.py
            ("api-webhook", "PATCH"),
            ("api-webhook", "DELETE"),
            ("api-webhook-secret", "POST"),
            ("api-webhook-test", "POST"),
            ("api-deliveries", "GET"),
            ("api-redeliver", "POST"),
            # Names and levels, as the list of boards.
            ("api-spaces", "GET"),
            ("api-space", "GET"),
            ("api-space-permissions", "GET"),
            ("api-space-permission", "GET"),
            ("api-folders", "GET"),
            ("api-folder", "GET"),
            ("api-libraries", "GET"),
            ("api-library-items", "GET"),
            ("api-library-export", "GET"),
            ("api-library-item", "PATCH"),  # of none; see sync/tests/test_libraries.py
            ("api-library-item", "DELETE"),
            ("api-search", "GET"),  # excerpts, as a list; opening a result is an access
            ("api-notifications", "GET"),
            ("api-notifications-read", "POST"),
            ("api-board-from-file", "POST"),  # without a file; see test_new_from_files.py
            ("notifications", "GET"),
            ("notifications-read", "POST"),
            ("notifications-mail", "POST"),
            ("notifications-stop", "GET"),
            ("notifications-stop", "POST"),
        ],
        NONE,
    ),
    ("api-token", "POST"): ["auth_login_failed"],
    ("board-create", "POST"): ["room_create"],
    ("api-boards", "POST"): ["room_create"],
    ("api-program-tokens", "POST"): ["token_issue"],
    ("api-webhooks", "POST"): ["webhook_create"],
    # Seeing a board.
    **dict.fromkeys(
        [
            ("board", "GET"),
            ("board-versions", "GET"),
            ("api-board", "GET"),
            ("api-people", "GET"),
            ("api-files", "GET"),
            ("api-file", "GET"),
            ("api-comments", "GET"),
            ("api-workshop", "GET"),
            # None is on: nothing is written.
            ("api-workshop", "DELETE"),
            ("api-workshop-lead", "DELETE"),
            ("api-workshop-timer", "PUT"),
            ("api-workshop-timer", "PATCH"),
            ("api-workshop-timer", "DELETE"),
            ("api-workshop-vote", "PUT"),
            ("api-workshop-vote", "POST"),
            ("api-workshop-vote", "DELETE"),
            ("api-workshop-ballot", "PUT"),
            ("api-workshop-writing", "PUT"),
            ("api-workshop-writing", "DELETE"),
            ("api-comment-thread", "GET"),
            ("api-document", "GET"),
            ("api-elements", "GET"),
            ("api-versions", "GET"),
            ("api-version", "GET"),
            ("api-links", "GET"),
            ("api-invitations", "GET"),
            ("api-link", "GET"),
            ("api-permissions", "GET"),
            ("api-permission", "GET"),
            ("api-access-requests", "GET"),
        ],
        VISIT,
    ),
    ("public", "GET"): ["room_access_denied"],  # it is private; by the link: see below
    # One for each board, when it is read: `sync/tests/test_own_boards.py`.
    ("api-own-boards", "GET"): NONE,
    ("api-export", "GET"): [*VISIT, "room_export"],
    ("api-export-svg", "GET"): [*VISIT, "room_export"],
    ("api-export-png", "GET"): [*VISIT, "room_export"],
    ("api-export-pdf", "GET"): [*VISIT, "room_export"],
    # A picture in the list of boards, and an owner who reads the log.
    ("board-thumbnail", "GET"): NONE,
    ("api-suggestions", "GET"): NONE,  # names, for people who may share the board anyway
    ("api-space-suggestions", "GET"): NONE,
    ("board-activity", "GET"): NONE,
    ("api-board-activity", "GET"): NONE,
    # Writing to it.
    ("api-document", "POST"): wrote("document"),
    ("api-elements", "POST"): wrote("elements_create"),
    ("api-import", "POST"): [*VISIT, "room_import"],
    ("api-versions", "POST"): wrote("version"),
    ("api-version", "PATCH"): wrote("version_name"),
    ("api-version-restore", "POST"): [*VISIT, "room_snapshot_restore"],
    ("board-version-restore", "POST"): [*VISIT, "room_snapshot_restore"],
    ("api-file", "PUT"): VISIT,  # it is there; a new one: see below
    ("api-workshop-lead", "POST"): [*VISIT, "room_workshop", "room_write workshop"],
    ("api-comments", "POST"): wrote("comment"),
    ("api-replies", "POST"): wrote("comment_reply"),
    ("api-comment-thread", "PATCH"): wrote("comment_resolve"),
    ("api-comment-thread", "DELETE"): wrote("comment_delete"),
    ("api-reply", "PATCH"): wrote("comment_edit"),
    ("api-reply", "DELETE"): wrote("comment_delete"),
    # The board as a whole, and who may do what on it: rows of their own, each time.
    ("board-rename", "POST"): ["room_update"],
    ("api-board", "PATCH"): ["room_update"],
    ("board-trash", "POST"): ["room_delete"],
    ("api-board", "DELETE"): ["room_delete"],
    ("board-restore", "POST"): ["room_restore"],
    ("api-board-restore", "POST"): ["room_restore"],
    ("api-board-lock", "PUT"): ["room_lock"],
    ("api-board-lock", "DELETE"): ["room_unlock"],
    ("board-duplicate", "POST"): [*VISIT, "room_create", "room_export"],
    ("api-board-duplicate", "POST"): [*VISIT, "room_create", "room_export"],
    ("api-board-transfer", "POST"): ["ownership_transfer"],
    ("api-board-ticket", "POST"): [*VISIT, "token_issue"],
    ("share", "GET"): VISIT,
    ("share", "POST"): ["public_access_change"],
    ("api-links", "POST"): ["share_link_create"],
    ("api-link", "DELETE"): ["share_link_revoke"],
    ("api-invitations", "POST"): ["invitation_create"],
    ("api-invitation", "DELETE"): ["invitation_withdraw"],
    ("api-permissions", "POST"): ["permission_change"],
    ("api-permission", "PATCH"): NONE,  # the same level again
    ("api-permission", "DELETE"): ["permission_change"],
    ("api-access-request", "POST"): ["access_request_resolve"],
    # Spaces, by their owner.
    ("api-spaces", "POST"): ["space_create"],
    ("api-space", "PATCH"): ["space_update"],
    ("api-space", "DELETE"): ["space_delete"],
    ("api-space-transfer", "POST"): ["ownership_transfer"],
    ("api-space-permissions", "POST"): ["space_permission_change"],
    ("api-space-permission", "PATCH"): ["space_permission_change"],
    ("api-space-permission", "DELETE"): ["space_permission_change"],
    ("api-folders", "POST"): ["space_update"],
    ("api-folder", "PATCH"): ["space_update"],
    ("api-folder", "DELETE"): ["space_update"],
    ("api-library-item", "PUT"): ["library_update"],
    ("api-library-import", "POST"): ["library_update"],
    ("api-space-leave", "POST"): NONE,  # owners can't
    ("space-create", "POST"): ["space_create"],
    ("space-settings", "GET"): NONE,
    ("space-settings", "POST"): ["space_permission_change"],
    ("space-leave", "POST"): NONE,
    ("folder-create", "POST"): ["space_update"],
    ("folder-change", "POST"): ["space_update"],
    ("boards-chosen", "POST"): NONE,  # with boards: as for each of them
    # What people mark for themselves.
    ("board-star", "POST"): NONE,
    ("api-board-star", "PUT"): VISIT,
    ("api-board-star", "DELETE"): VISIT,
    # Not for owners; asked by others below.
    ("board-leave", "POST"): NONE,
    ("api-board-leave", "POST"): VISIT,
    ("request-access", "POST"): ["room_access_denied"],
    ("api-access-requests", "POST"): ["room_access_denied"],
    ("token-enter", "POST"): ["room_access_denied"],
    ("link-password", "GET"): NONE,
    ("link-password", "POST"): NONE,
}
"""By the owner of a private board."""
