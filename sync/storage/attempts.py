"""Stops a board that crashes the process, when it is loaded or by a job, from harming the others.

Blocking. An attempt is stored before it begins and deleted when it succeeds, so a process that dies
in between leaves a mark. Loads: after a few marks the board is in quarantine until someone has
looked at it. Jobs: a marked board waits, longer each time, and comes after all others; after a few
marks it is skipped. Ordinary failures are marked too, so that they are not retried and logged twice
a minute for ever.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
)
from django.db.models import F, QuerySet
from django.utils import timezone

from sync.models import JobAttempt, LoadAttempt
from sync.storage.log import BoardGoneError, LogDamagedError, read_head

MAX_UNFINISHED = 5
FIRST_PAUSE = timedelta(minutes=5)
"""Pause after the first mark; doubled with each further one."""

HISTORY = "history"
"""The job that makes a fresh history on request: see `sync/programs/history.py`."""

_current: list[tuple[UUID, str]] = []
_lock = threading.Lock()


class NotDueError(Exception):
    """Another process works on the board, the work failed there lately, or the board is gone."""


class QuarantinedError(LogDamagedError):
    """The board is not loaded until `repair_board` or an admin lifts the quarantine."""


@contextmanager
def counted_load(board_id: UUID) -> Iterator[None]:
    """Wraps a load; counts it as failed until it succeeds, unless it was the storage that failed.

    Raises:
        QuarantinedError: too many loads of the board failed.
        BoardGoneError: there is no such board any more.
    """
    _begin(board_id)
    try:
        yield
    except (OperationalError, InterfaceError):
        with suppress(DatabaseError):  # it may still be down
            close_old_connections()
            _take_back_load(board_id)
        raise
    except Exception as error:
        LoadAttempt.objects.filter(board_id=board_id).update(reason=repr(error)[:300])
        raise
    LoadAttempt.objects.filter(board_id=board_id, quarantined_at=None).delete()


def _begin(board_id: UUID) -> None:
    attempt = _attempt_of(board_id)
    if attempt.quarantined_at is None and attempt.unfinished >= MAX_UNFINISHED:
        attempt.quarantined_at = timezone.now()
        attempt.save(update_fields=["quarantined_at"])
    if attempt.quarantined_at is not None:
        raise QuarantinedError(f"board {board_id}: in quarantine: {attempt.reason or 'it crashed'}")
    LoadAttempt.objects.filter(pk=attempt.pk).update(unfinished=F("unfinished") + 1)


def _attempt_of(board_id: UUID) -> LoadAttempt:
    try:
        return LoadAttempt.objects.get_or_create(board_id=board_id)[0]
    except IntegrityError as error:
        if read_head(board_id) is None:
            raise BoardGoneError(str(board_id)) from error
    # Another process had begun, and its load has ended since.
    return LoadAttempt.objects.get_or_create(board_id=board_id)[0]


def _take_back_load(board_id: UUID) -> None:
    """Without this, a storage that fails now and then would quarantine boards that are well."""
    marks = LoadAttempt.objects.filter(board_id=board_id, unfinished__gt=0)
    marks.update(unfinished=F("unfinished") - 1)


def lift_quarantine(board_id: UUID) -> None:
    """Lifts the quarantine of a board."""
    LoadAttempt.objects.filter(board_id=board_id).delete()


def boards_due(boards: list[UUID], work: str) -> list[UUID]:
    """The boards that are due, in order; those that failed before come last."""
    now = timezone.now()
    marked = {
        attempt.board_id: attempt
        for attempt in JobAttempt.objects.filter(work=work, board_id__in=boards)
    }

    def failures(board_id: UUID) -> int:
        return marked[board_id].unfinished if board_id in marked else 0

    due = (one for one in boards if one not in marked or _is_due(marked[one], now))
    return sorted(due, key=failures)


def _is_due(attempt: JobAttempt, now: datetime) -> bool:
    if attempt.unfinished == 0:
        return True
    if attempt.unfinished >= MAX_UNFINISHED:
        return False
    pause = FIRST_PAUSE * 2 ** (attempt.unfinished - 1)
    # Negative if the clock has been set back.
    return not now - pause < attempt.begun_at <= now


def ask_for_fresh_history(board_id: UUID) -> None:
    """Asks the compaction loop to look at a board where someone was refused at a budget."""
    JobAttempt.objects.get_or_create(
        board_id=board_id, work=HISTORY, defaults={"begun_at": timezone.now()}
    )


def boards_asking(among: Iterable[UUID] | None = None) -> list[UUID]:
    """The boards passed to `ask_for_fresh_history` and not handled since."""
    asking = JobAttempt.objects.filter(work=HISTORY)
    if among is not None:
        asking = asking.filter(board_id__in=among)
    return list(asking.values_list("board_id", flat=True))


@contextmanager
def counted_work(board_id: UUID, work: str, *, only_if_due: bool = False) -> Iterator[None]:
    """Wraps a job's work on one board; counts it as failed until it succeeds.

    With `only_if_due`, of several processes one works on the board, and the others get NotDueError.
    They may have looked for boards before it was done: look again inside.

    Raises:
        NotDueError: as above, or the board is gone.
    """
    now = timezone.now()
    try:
        attempt, _ = JobAttempt.objects.get_or_create(
            board_id=board_id, work=work, defaults={"begun_at": now}
        )
    except IntegrityError as error:
        raise NotDueError(str(board_id)) from error
    mark = JobAttempt.objects.filter(pk=attempt.pk)
    seen = mark
    if only_if_due:
        seen = mark.filter(unfinished=attempt.unfinished, begun_at=attempt.begun_at)
        if not _is_due(attempt, now):
            raise NotDueError(str(board_id))
    is_mine = seen.update(unfinished=F("unfinished") + 1, begun_at=now)
    if only_if_due and not is_mine:
        raise NotDueError(str(board_id))
    place = (board_id, work)
    with _lock:
        _current.append(place)
    try:
        yield
    except Exception as error:
        mark.update(reason=f"{type(error).__name__}: {error}"[:300])
        raise
    else:
        mark.delete()
    finally:
        with _lock:
            if place in _current:
                _current.remove(place)


def take_back() -> None:
    """Removes the marks of running work: the process is shutting down, not crashing."""
    with _lock:
        places, _current[:] = list(_current), []
    for board_id, work in places:
        marks = JobAttempt.objects.filter(board_id=board_id, work=work, unfinished__gt=0)
        marks.update(unfinished=F("unfinished") - 1)


def given_up() -> QuerySet[JobAttempt]:
    """The jobs and boards that are no longer tried."""
    return JobAttempt.objects.filter(unfinished__gte=MAX_UNFINISHED)


def forgive(board_id: UUID) -> None:
    """Removes all marks of a board, so that every job tries it again."""
    JobAttempt.objects.filter(board_id=board_id).delete()
