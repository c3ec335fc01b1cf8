"""Keeps a board that kills a job from keeping the others from it. Blocking.

A job's work on a board is written down before it begins and forgotten when it ended well, so a
process that dies in between leaves its mark. A marked board waits, longer each time, and comes
after all others; past a few marks it is left out until somebody has looked at it. What fails
without killing anybody is marked too, so that it is not tried and logged twice a minute for ever.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from sync.models import JobAttempt

MAX_UNFINISHED = 5
FIRST_PAUSE = timedelta(minutes=5)
"""After the first mark; doubled with each further one."""

HISTORY = "history"
"""Making a fresh history, for boards that ask for it: see `sync/programs/history.py`."""

_current: list[tuple[UUID, str]] = []
_lock = threading.Lock()


def boards_in_turn(boards: list[UUID], work: str) -> list[UUID]:
    """Those whose turn it is, in their order; those that failed before come last."""
    now = timezone.now()
    marked = {
        attempt.board_id: attempt
        for attempt in JobAttempt.objects.filter(work=work, board_id__in=boards)
    }

    def is_due(board_id: UUID) -> bool:
        attempt = marked.get(board_id)
        if attempt is None or attempt.unfinished == 0:
            return True
        if attempt.unfinished >= MAX_UNFINISHED:
            return False
        pause = FIRST_PAUSE * 2 ** (attempt.unfinished - 1)
        # The other way round when the clock was set back since.
        return not now - pause < attempt.begun_at <= now

    def failures(board_id: UUID) -> int:
        return marked[board_id].unfinished if board_id in marked else 0

    return sorted(filter(is_due, boards), key=failures)


def ask_for_fresh_history(board_id: UUID) -> None:
    """Has the compaction loop look at a board at whose budgets somebody was refused."""
    JobAttempt.objects.get_or_create(
        board_id=board_id, work=HISTORY, defaults={"begun_at": timezone.now()}
    )


def boards_asking() -> list[UUID]:
    """The boards that were named to `ask_for_fresh_history` and not looked at since."""
    return list(JobAttempt.objects.filter(work=HISTORY).values_list("board_id", flat=True))


@contextmanager
def counted_work(board_id: UUID, work: str) -> Iterator[None]:
    """Wraps the work on one board."""
    now = timezone.now()
    attempt, _ = JobAttempt.objects.get_or_create(
        board_id=board_id, work=work, defaults={"begun_at": now}
    )
    mark = JobAttempt.objects.filter(pk=attempt.pk)
    mark.update(unfinished=F("unfinished") + 1, begun_at=now)
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
    """Takes the marks of what runs now back: the process is told to end, which is no death."""
    with _lock:
        places, _current[:] = list(_current), []
    for board_id, work in places:
        marks = JobAttempt.objects.filter(board_id=board_id, work=work, unfinished__gt=0)
        marks.update(unfinished=F("unfinished") - 1)


def given_up() -> QuerySet[JobAttempt]:
    """The work on boards that is not tried any more."""
    return JobAttempt.objects.filter(unfinished__gte=MAX_UNFINISHED)


def forgive(board_id: UUID) -> None:
    """Lets every job try the board again."""
    JobAttempt.objects.filter(board_id=board_id).delete()
