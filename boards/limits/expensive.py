"""Limits work on whole boards: how much runs at once, and how often one person may ask.

Reading, copying or importing a board of 20,000 elements takes seconds of CPU time and 100 MB. A few
such tasks run at once in a process; others wait in a queue that is bounded in total and per person,
and are refused beyond that.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.limits.refusals import RefusalError
from audit.origin import client_network_of
from boards.limits.windows import counted_in_window, seconds_left

WINDOW_SECONDS = 60
RETRY_SECONDS = 5
LOOK_AGAIN_SECONDS = 0.5
"""After a longer wait, access is checked again: it may have changed."""


class OverloadedError(RefusalError):
    """Too many requests: 429 if from this person, 503 if from everyone together."""

    def __init__(self, message: str, *, status: int, retry_after_seconds: int) -> None:
        super().__init__(
            message, status=status, code="overloaded", retry_after_seconds=retry_after_seconds
        )


class WorkQueue:
    """The running and waiting tasks, by person; settings that begin with `prefix` say how many."""

    def __init__(self, prefix: str = "CANVAS_EXPENSIVE") -> None:
        self._prefix = prefix
        self._changed = threading.Condition()
        self._asking: Counter[str] = Counter()
        self._running: Counter[str] = Counter()
        self._waiting: list[tuple[object, str]] = []

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        """Reserves a place to run or wait. Raises OverloadedError at once if there is none."""
        with self._changed:
            per_person = self._limit("PER_PERSON")
            if self._asking[who] >= per_person:
                raise _too_many_at_once(per_person)
            if self._asking.total() >= self._limit("WAITING"):
                raise _busy()
            self._asking[who] += 1
        try:
            yield
        finally:
            with self._changed:
                _count_out(self._asking, who)

    @contextmanager
    def running(self, who: str) -> Iterator[None]:
        """Waits until the task may run, first come, first served. Raises OverloadedError.

        While others wait, nobody uses all of the places.
        """
        ticket = (object(), who)
        with self._changed:
            self._waiting.append(ticket)
            try:
                may_run = self._changed.wait_for(
                    lambda: self._next() is ticket, self._limit("WAIT_SECONDS")
                )
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
            if not may_run:
                raise _busy()
            self._running[who] += 1
        try:
            yield
        finally:
            with self._changed:
                _count_out(self._running, who)
                self._changed.notify_all()

    def _next(self) -> tuple[object, str] | None:
        """The tasks that may start now."""
        at_once = self._limit("AT_ONCE")
        if self._running.total() >= at_once:
            return None
        for ticket in self._waiting:
            if self._running[ticket[1]] < max(1, at_once - 1):
                return ticket
        return None

    def _limit(self, name: str) -> int:
        return int(getattr(settings, f"{self._prefix}_{name}"))


work_queue = WorkQueue()
"""Of this process."""
drawing_queue = WorkQueue("CANVAS_DRAWINGS")
"""Of this process: boards that are drawn, each by a process of its own."""


@contextmanager
def expensive_work(who: str) -> Iterator[None]:
    """Runs one task when it is its turn. Raises OverloadedError."""
    with work_queue.place(who), work_queue.running(who):
        yield


def who_asks(request: HttpRequest, user: User | AnonymousUser | None = None) -> str:
    """Who a request's work counts for: an account, or a network without one."""
    person = user if user is not None else request.user
    if isinstance(person, User):
        return f"user:{person.pk}"
    return f"address:{client_network_of(request)}"


def count_expensive(who: str) -> None:
    """Counts one such request before the work. Raises OverloadedError above the rate."""
    text = gettext("Whole boards can be read %(n)d times a minute. Wait a moment.")
    _count(f"expensive:{who}", settings.CANVAS_EXPENSIVE_PER_MINUTE, text)


def count_drawing(who: str) -> None:
    """Counts one drawing before the work. Raises OverloadedError above the rate."""
    text = gettext("Boards can be drawn %(n)d times a minute. Wait a moment.")
    _count(f"drawing:{who}", settings.CANVAS_DRAWINGS_PER_MINUTE, text)


def _count(what: str, limit: int, text: str) -> None:
    if counted_in_window(what, WINDOW_SECONDS) > limit:
        seconds = seconds_left(WINDOW_SECONDS)
        raise OverloadedError(text % {"n": limit}, status=429, retry_after_seconds=seconds)


def _too_many_at_once(limit: int) -> OverloadedError:
    text = gettext("%(n)d such requests of yours are being worked on. Wait until one is done.")
    return OverloadedError(text % {"n": limit}, status=429, retry_after_seconds=RETRY_SECONDS)


def _busy() -> OverloadedError:
    text = gettext("The server is busy with large boards. Try again in a moment.")
    return OverloadedError(text, status=503, retry_after_seconds=RETRY_SECONDS)


def _count_out(counter: Counter[str], who: str) -> None:
    counter[who] -= 1
    if counter[who] <= 0:
        del counter[who]
