"""Says how far a long command is, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 2.0
Say = Callable[[str], object]


class Progress:
    """Counts what is done, and says so every two seconds."""

    def __init__(self, say: Say, what: str, count: int) -> None:
        self._say, self._what, self._count = say, what, count
        self._done = self._worked = 0
        self._started = self._said = time.monotonic()

    def step(self, *, was_work: bool = True) -> None:
        """One more. Without `was_work` it took no time: it was done before."""
        self._done += 1
        self._worked += was_work
        now = time.monotonic()
        if now - self._said >= SECONDS and self._worked:
            self._said = now
            rate = self._worked / (now - self._started)
            left = (self._count - self._done) / rate
            self._say(
                f"{self._done:,} of {self._count:,} {self._what}, {rate:,.0f} a second, "
                f"about {_in_words(left)} left"
            )

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._started


def _in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0, seconds):.0f} seconds"
    minutes = seconds / 60
    return f"{minutes:.0f} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"
