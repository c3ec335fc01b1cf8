"""Audit rows of refusals."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from accounts.limits.throttle import Limit, count_event
from audit.actions import AuditAction, AuditOutcome
from audit.actor import Actor
from audit.services import audit_record
from boards.access.resolve import resolve_access
from boards.models import Board

DENIED_WINDOW_SECONDS = 60
MAX_DENIED_PER_WINDOW = 60
"""Refusals recorded per person (or address) and window, so that strangers can't fill the log."""


def refusal_record(
    *, board_id: UUID, board: Board | None, by: Actor, entry: str, reason: str
) -> None:
    """Records that someone was refused. Called for missing boards too, so that both take the same
    work."""
    if board is None:  # the work that a private board takes
        resolve_access(Board(pk=board_id), user=by.user)

    def write() -> None:
        audit_record(
            action=AuditAction.ROOM_ACCESS_DENIED,
            outcome=AuditOutcome.DENIED,
            by=by,
            board_id=board_id,
            board_title=board.title if board else "",
            data={"entry": entry, "reason": reason},
        )

    _unless_too_many(by, write)


def token_rejection_record(*, reason: str, by: Actor) -> None:
    """Records an invalid access token. The token itself is stored nowhere."""

    def write() -> None:
        audit_record(
            action=AuditAction.TOKEN_REJECT,
            outcome=AuditOutcome.DENIED,
            by=by,
            data={"reason": reason},
        )

    _unless_too_many(by, write)


def _unless_too_many(by: Actor, write: Callable[[], None]) -> None:
    """Writes a row unless enough refusals of them were recorded; it and its count are one
    transaction, since each costs a wait for the disk."""
    who = str(by.user.pk) if by.user is not None else by.origin.counted_as
    limit = Limit("refusals", (who,), MAX_DENIED_PER_WINDOW, DENIED_WINDOW_SECONDS)
    count_event(limit, write=write)
