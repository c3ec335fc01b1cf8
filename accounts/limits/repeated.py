"""Which audit rows are left out because the log has enough of them: of what somebody may repeat
without end."""

from __future__ import annotations

from accounts.limits.throttle import Limit, count_event
from audit.actions import AuditAction, AuditVia
from audit.actor import Actor

MAX_ROWS_PER_WINDOW, ROWS_WINDOW_SECONDS = 10, 600
"""Rows of one action of one person (or address) about one thing, by one way in."""


def has_enough_rows(
    action: AuditAction, by: Actor, about: str = "", *, at_most: int = MAX_ROWS_PER_WINDOW
) -> bool:
    """Whether the log has enough rows of this action by them; if not, this one is counted.

    What administrators and commands do is always recorded.
    """
    if by.is_system or by.via == AuditVia.ADMIN:
        return False
    who = f"user {by.user.pk}" if by.user is not None else f"guest {by.origin.counted_as}"
    parts = (about, who, by.via.value, str(by.token.id) if by.token else "")
    return count_event(Limit(action.value, parts, at_most, ROWS_WINDOW_SECONDS)) is not None
