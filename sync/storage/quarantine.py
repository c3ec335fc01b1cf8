"""Stops loading a board whose load keeps failing or crashing the process. Blocking.

An attempt to load is stored before it begins and deleted when it succeeds, so a process that dies
in between leaves a mark. After a few marks the board is not loaded until someone has looked at it;
all other boards go on.
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
    """Wraps a load; counts it as failed until it succeeds.

    Raises:
        QuarantinedError: too many loads of the board failed.
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
    """Lifts the quarantine of a board."""
    LoadAttempt.objects.filter(board_id=board_id).delete()
