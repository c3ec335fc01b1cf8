"""The rate limits of a socket, for questions and for frames.

Nothing is refused and no socket is closed: a question that comes too soon is answered later, and
only the newest of its kind; a socket that sends too much is not read for a moment, so that TCP
slows its sender down. The rates are far above what people do by hand.
"""

import asyncio
import time
from collections.abc import Callable

MAX_HOLD_SECONDS = 1.0


class AnswerRate:
    """Answers the questions of one socket: at once while there are few, otherwise later and only
    the newest of each kind.

    A question of a few bytes may cause an answer of a whole document.
    """

    __slots__ = ("_burst", "_rate", "_refilled_at", "_timer", "_tokens", "_waiting")

    def __init__(self, per_second: float, burst: int) -> None:
        self._rate = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._refilled_at = time.monotonic()
        self._waiting: dict[str, Callable[[], None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, kind: str, answer: Callable[[], None]) -> None:
        """Calls `answer` now or later; not at all if a newer one of its kind comes first."""
        self._refill()
        if self._tokens >= 1 and not self._waiting:
            self._tokens -= 1
            answer()
            return
        self._waiting[kind] = answer
        self._wait()

    def stop(self) -> None:
        """Drops waiting answers."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refill(self) -> None:
        now = time.monotonic()
        gained = (now - self._refilled_at) * self._rate
        self._tokens = min(self._tokens + gained, float(self._burst))
        self._refilled_at = now

    def _wait(self) -> None:
        if self._timer is None:
            seconds = max(1 - self._tokens, 0) / self._rate
            self._timer = asyncio.get_running_loop().call_later(seconds, self._answer_oldest)

    def _answer_oldest(self) -> None:
        self._timer = None
        self._refill()
        self._tokens -= 1
        kind = next(iter(self._waiting))
        answer = self._waiting.pop(kind)
        if self._waiting:
            self._wait()
        answer()


class ReadRate:
    """How fast one socket is read: frames and bytes per second, after a burst.

    The generic cell rate algorithm: each frame moves the moment at which all of it would have
    arrived at the allowed rate.
    """

    __slots__ = ("_burst_seconds", "_byte_seconds", "_due_at", "_frame_seconds")

    def __init__(self, frames_per_second: int, bytes_per_second: int, burst_seconds: int) -> None:
        self._frame_seconds = 1 / frames_per_second
        self._byte_seconds = 1 / bytes_per_second
        self._burst_seconds = burst_seconds
        self._due_at = 0.0

    def seconds_too_soon(self, size: int) -> float:
        """Counts a frame; returns how long to pause reading, at most a second."""
        now = time.monotonic()
        cost = max(self._frame_seconds, size * self._byte_seconds)
        self._due_at = max(self._due_at, now - self._burst_seconds) + cost
        return min(max(self._due_at - now, 0.0), MAX_HOLD_SECONDS)

    def charge(self, frames: int) -> None:
        """Counts extra frames without a pause now; later frames pay for them."""
        self._due_at = max(self._due_at, time.monotonic() - self._burst_seconds)
        self._due_at += frames * self._frame_seconds
