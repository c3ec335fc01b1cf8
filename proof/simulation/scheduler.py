"""Virtual time, and the order in which everything happens: both follow from the seed alone."""

from __future__ import annotations

import hashlib
import heapq
import random
from collections.abc import Callable

Callback = Callable[[], None]


class BrokenPromiseError(AssertionError):
    """A promise does not hold in this history."""


class Scheduler:
    """Calls callbacks in the order of their virtual times; the seed decides between equal ones.

    Everything that happens is an event here: a round of a process's event loop, a step of a thread,
    the arrival of a frame or of a message. Nothing else reads a clock or a random number, so one
    seed is one history.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 1_000.0
        self.steps = 0
        self._events: list[tuple[float, float, int, Callback]] = []
        self._count = 0
        self._trace = hashlib.blake2b(digest_size=16)
        self.broken: str | None = None
        """The first promise that was found broken; it ends the history. Raised from here, because
        the engine survives exceptions of whatever it calls.
        """
        self.lines: list[str] | None = None
        """What happened, in words; only kept on request, because it costs half of the time."""

    def at(self, when: float, callback: Callback) -> None:
        """Calls `callback` at a virtual time."""
        self._count += 1
        place = (max(when, self.now), self.random.random(), self._count, callback)
        heapq.heappush(self._events, place)

    def after(self, seconds: float, callback: Callback) -> None:
        """Calls `callback` so many virtual seconds from now."""
        self.at(self.now + seconds, callback)

    def run_until(self, when: float) -> None:
        """Runs everything that happens until then, and stops the clock there."""
        events = self._events
        while events and events[0][0] <= when:
            self.now, _, _, callback = heapq.heappop(events)
            self.steps += 1
            callback()
            if self.broken is not None:
                raise BrokenPromiseError(self.broken)
        self.now = when

    def run_while(self, condition: Callable[[], bool], seconds: float, every: float) -> None:
        """Runs while the condition holds, looking at it from time to time; at most so long."""
        end = self.now + seconds
        while self.now < end and condition():
            self.run_until(self.now + every)

    def note(self, kind: str, *what: object) -> None:
        """Adds to the trace: only what is equal in every process that runs this seed."""
        line = f"{self.now:.6f} {kind} {what}"
        self._trace.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    @property
    def trace(self) -> str:
        """A digest of everything that was noted, in its order."""
        return self._trace.hexdigest()

    def forget(self) -> None:
        """Drops everything that has not happened yet."""
        self._events.clear()
