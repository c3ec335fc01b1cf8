"""Which rows are left out because the log has enough of them: of what viewers may repeat without
end."""

from __future__ import annotations

from uuid import UUID

from accounts.limits.throttle import Limit, count_event
from audit.actions import AuditAction, AuditVia
from audit.actor import Actor

MAX_ROWS_PER_WINDOW, ROWS_WINDOW_SECONDS = 10, 600
"""Rows of one action of one person (or address) on one board (or link), by one way in."""


def is_repeated(action: AuditAction, subject_id: UUID, by: Actor) -> bool:
    """Whether the log has enough rows of this action by them; if not, this one is counted.

    `subject_id` is that of a board, or of a link.
    What administrators and commands do is always recorded.
    """
    if by.is_system or by.via == AuditVia.ADMIN:
        return False
    who = f"user {by.user.pk}" if by.user is not None else f"guest {by.origin.counted_as}"
    parts = [str(subject_id), who, by.via.value, str(by.token.id) if by.token else ""]
    limit = Limit(action.value, tuple(parts), MAX_ROWS_PER_WINDOW, ROWS_WINDOW_SECONDS)
    return count_event(limit) is not None
