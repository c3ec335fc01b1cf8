"""Asks for access to a board without revealing whether it exists."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User

from accounts.limits.duration import same_duration
from accounts.limits.throttle import Full, Limit, count_event
from audit.actor import Actor
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.requests import access_request_create
from boards.visits.refused import refusal_record

WINDOW_SECONDS = 3600
ENTRY = "access_request"


def access_request_count(user: User) -> Full | None:
    """Counts a request of this person, by page or REST; returns the limit if it is reached."""
    return count_event(
        Limit(
            "access_request",
            (str(user.pk),),
            settings.CANVAS_ACCESS_REQUESTS_PER_HOUR,
            WINDOW_SECONDS,
        )
    )


def access_request_ask(
    *,
    board_id: UUID,
    user: User,
    level: AccessLevel,
    message: str,
    by: Actor,
) -> None:
    """Asks the owner, if there is such a board. The person learns nothing, not even from the time.

    Both cases write: an access request, or a refusal. Raises `ValidationError` for an invalid level
    or message.
    """
    with same_duration():
        board = Board.objects.filter(pk=board_id, deleted_at__isnull=True).first()
        asked = None
        if board is not None:
            asked = access_request_create(
                board=board, user=user, level=level, message=message, by=by
            )
        if asked is None:
            refusal_record(
                board_id=board_id,
                board=board,
                by=by,
                entry=ENTRY,
                reason="nothing_to_ask",
            )
