"""Audit rows of who came to a board, and of who was turned away."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User

from audit.actions import AuditAction, AuditOutcome, AuditVia
from audit.origin import RequestOrigin
from audit.services import audit_record
from boards.access import VIA_LINK, Access, resolve_access
from boards.models import Board
from boards.throttle import Limit, count_event

DENIED_WINDOW_SECONDS = 60
MAX_DENIED_PER_WINDOW = 60
"""Refusals written per person (or address) and window: a stranger must not fill the log."""


def visit_record(
    *,
    board: Board,
    access: Access,
    user: User | AnonymousUser | None,
    via: AuditVia,
    entry: str,
    origin: RequestOrigin,
) -> None:
    """Somebody sees the board. Written before any of it is sent."""
    audit_record(
        action=AuditAction.ROOM_ACCESS,
        actor=user,
        board_id=board.pk,
        board_title=board.title,
        level=access.audit_level,
        via=AuditVia.LINK if access.via == VIA_LINK else via,
        share_link_id=access.share_link_id,
        data={"entry": entry, "access": access.via},
        origin=origin,
    )


def refusal_record(
    *,
    board_id: UUID,
    board: Board | None,
    user: User | AnonymousUser | None,
    via: AuditVia,
    entry: str,
    reason: str,
    origin: RequestOrigin,
) -> None:
    """Somebody was turned away, also from a missing board, so that both take the same work."""
    if board is None:  # what a private board is asked for
        resolve_access(Board(pk=board_id), user=user)
    if _has_too_many(str(user.pk) if isinstance(user, User) else origin.counted_as):
        return
    audit_record(
        action=AuditAction.ROOM_ACCESS_DENIED,
        outcome=AuditOutcome.DENIED,
        actor=user,
        board_id=board_id,
        board_title=board.title if board else "",
        via=via,
        data={"entry": entry, "reason": reason},
        origin=origin,
    )


def token_rejection_record(*, reason: str, origin: RequestOrigin) -> None:
    """Somebody sent an access token that is not accepted; the token itself is kept nowhere."""
    if _has_too_many(origin.counted_as):
        return
    audit_record(
        action=AuditAction.TOKEN_REJECT,
        outcome=AuditOutcome.DENIED,
        via=AuditVia.TOKEN,
        data={"reason": reason},
        origin=origin,
    )


def _has_too_many(who: str) -> bool:
    """Whether enough was written about refusing them; else this one is counted."""
    limit = Limit("refusals", (who,), MAX_DENIED_PER_WINDOW, DENIED_WINDOW_SECONDS)
    return count_event(limit) is not None
