"""What a person marks for themselves: stars, and which boards they opened last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from boards.models import Board, BoardOpening, BoardStar
from boards.quotas.checks import require_place_for_stars

RECENT_AT_MOST = 50
AGAIN_AFTER = timedelta(minutes=1)


@transaction.atomic
def boards_star(*, boards: Sequence[Board], user: User) -> None:
    """Mark boards that still exist. Raises `QuotaError` if the person has marked as many as they
    may."""
    new = _still_there({board.pk for board in boards})
    new -= set(BoardStar.objects.filter(user=user, board__in=new).values_list("board", flat=True))
    if new:
        require_place_for_stars(user, len(new))
        stars = [BoardStar(user=user, board_id=board_id) for board_id in new]
        BoardStar.objects.bulk_create(stars, ignore_conflicts=True)


def boards_unstar(*, boards: Sequence[Board], user: User) -> None:
    BoardStar.objects.filter(user=user, board__in=boards).delete()


def opening_note(*, board: Board, user: User) -> None:
    """Remember that someone opened a board; at most once a minute. Only the newest are kept."""
    now = timezone.now()
    rows = BoardOpening.objects.filter(user=user)
    known = rows.filter(board=board).first()
    if known is not None and now - known.opened_at < AGAIN_AFTER:
        return
    with transaction.atomic():
        if not _still_there({board.pk}):
            return
        rows.update_or_create(user=user, board=board, defaults={"opened_at": now})
        if known is None:
            old = rows.order_by("-opened_at").values_list("pk", flat=True)[RECENT_AT_MOST:]
            rows.filter(pk__in=list(old)).delete()


def _still_there(board_ids: set[UUID]) -> set[UUID]:
    """Those of the boards that exist. They can't be deleted until the transaction ends: a row about
    a board that is gone would make it fail."""
    rows = Board.objects.select_for_update(no_key=True).filter(pk__in=board_ids).order_by("pk")
    return set(rows.values_list("pk", flat=True))
