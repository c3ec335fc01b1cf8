"""Limits how often somebody changes boards and spaces: each change leaves a row in the audit log,
and most are announced to everyone who has the board open."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext

from accounts.limits.throttle import Limit, refuse_beyond
from audit.actions import AuditAction, AuditVia
from audit.actor import Actor

_TAKES_AWAY = {
    AuditAction.ROOM_LOCK,
    AuditAction.ROOM_DELETE,
    AuditAction.ROOM_PURGE,
    AuditAction.SHARE_LINK_REVOKE,
    AuditAction.INVITATION_WITHDRAW,
    AuditAction.SPACE_DELETE,
}
_GIVES_LEVELS = {
    AuditAction.PERMISSION_CHANGE,
    AuditAction.PUBLIC_ACCESS_CHANGE,
    AuditAction.SPACE_PERMISSION_CHANGE,
}
_HAS_ITS_OWN_LIMIT = {
    AuditAction.ROOM_CREATE,
    AuditAction.ROOM_EXPORT,
    AuditAction.SHARE_LINK_USE,
}


def count_board_change(action: AuditAction, by: Actor, *, level: str) -> None:
    """Counts one. Raises `RefusalError` after CANVAS_BOARD_CHANGES_PER_HOUR.

    What takes something away is never refused: somebody may be in a hurry to close a board. It
    can't be repeated without what gives it back, and that is counted. What administrators and
    commands do is not limited.
    """
    if by.is_system or by.via == AuditVia.ADMIN or by.origin.command:
        return
    if action in _TAKES_AWAY or action in _HAS_ITS_OWN_LIMIT:
        return
    if action in _GIVES_LEVELS and not level:
        return
    who = f"user {by.user.pk}" if by.user is not None else f"guest {by.origin.counted_as}"
    refuse_beyond(
        gettext("This was changed too often. Try again later."),
        Limit("board_change", (who,), settings.CANVAS_BOARD_CHANGES_PER_HOUR, 3600),
    )
