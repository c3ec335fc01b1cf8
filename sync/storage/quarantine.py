"""Keeps a board whose load fails or kills the process from doing so again and again. Blocking.

A load is counted before it begins and forgotten when it ended well, so a process that dies in
between leaves its mark. Past a few marks the board is not loaded any more until somebody has looked
at it; every other board goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from sync.models import LoadAttempt
from sync.storage.log import LogDamagedError

MAX_UNFINISHED = 5


class QuarantinedError(LogDamagedError):
    """The board is not loaded until `repair_board` or an admin lifts the quarantine."""


@contextmanager
def counted_load(board_id: UUID) -> Iterator[None]:
    """Wraps a load.

    Raises:
        QuarantinedError: too many loads of the board did not end well.
    """
    _begin(board_id)
    try:
        yield
    except Exception as error:
        LoadAttempt.objects.filter(board_id=board_id).update(reason=repr(error)[:300])
        raise
    LoadAttempt.objects.filter(board_id=board_id, quarantined_at=None).delete()


def _begin(board_id: UUID) -> None:
    attempt, _ = LoadAttempt.objects.get_or_create(board_id=board_id)
    if attempt.quarantined_at is None and attempt.unfinished >= MAX_UNFINISHED:
        attempt.quarantined_at = timezone.now()
        attempt.save(update_fields=["quarantined_at"])
    if attempt.quarantined_at is not None:
        raise QuarantinedError(f"board {board_id}: in quarantine: {attempt.reason or 'it crashed'}")
    LoadAttempt.objects.filter(pk=attempt.pk).update(unfinished=F("unfinished") + 1)


def lift(board_id: UUID) -> None:
    """Lets the board be loaded again."""
    LoadAttempt.objects.filter(board_id=board_id).delete()
