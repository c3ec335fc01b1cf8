"""Limits guesses of secrets that people type.

A guess is counted before it is checked and uncounted if it was right, so concurrent guesses can't
exceed the limits. Right guesses that arrive together wait for each other instead of being refused.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from accounts.limits.fair_threads import asked_by
from accounts.limits.throttle import Full, Limit, count_event, give_back

WAIT_SECONDS = 10.0
"""How long a guess waits for others of this process that are being checked and may be right."""
MAX_WAITING = 64
"""The largest number of waiting threads; further guesses are refused at once."""

_Answer = TypeVar("_Answer")


class GuessedTooOftenError(Exception):
    """Too many wrong guesses; none is checked for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _Checks:
    """The checks running in this process, by the limits they count for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: Counter[str] = Counter()
        self._ended = 0
        self._waiting = 0

    def begin(self, limits: Sequence[Limit]) -> None:
        """Counts a guess. Raises GuessedTooOftenError if there is no room and none can become
        free."""
        deadline = time.monotonic() + WAIT_SECONDS
        with self._changed:
            while (full := count_event(*limits)) is not None:
                if not self._may_get_room(full, deadline):
                    raise GuessedTooOftenError(full.seconds)
            self._running.update(limit.key for limit in limits)

    def end(self, limits: Sequence[Limit], *, is_right: bool) -> None:
        """Ends a check; a right guess leaves room for another."""
        if is_right:
            give_back(*limits)
        with self._changed:
            for limit in limits:
                self._running[limit.key] -= 1
            self._running += Counter()
            self._ended += 1
            self._changed.notify_all()

    def _may_get_room(self, full: Full, deadline: float) -> bool:
        """Waits until a check that counts for the full limit ends; False if there is none."""
        if not self._running[full.limit.key] or self._waiting >= MAX_WAITING:
            return False
        ended = self._ended
        self._waiting += 1
        try:
            left = deadline - time.monotonic()
            return self._changed.wait_for(lambda: self._ended != ended, max(left, 0))
        finally:
            self._waiting -= 1


_checks = _Checks()


def guess(
    limits: Sequence[Limit], check: Callable[[], _Answer | None], *, network: str
) -> _Answer | None:
    """The result of `check`; None and False are wrong guesses, which stay counted. Networks take
    turns with what takes a processor.

    Raises:
        GuessedTooOftenError: a limit is reached; nothing was checked.
    """
    _checks.begin(limits)
    answer = None
    try:
        with asked_by(network):
            answer = check()
    finally:
        _checks.end(limits, is_right=bool(answer))
    return answer
