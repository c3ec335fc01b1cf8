"""The limits of what clients may send, as settings: in one update, in all, and how fast.

A socket that is too fast is neither refused nor closed: a question that comes too soon is answered
later, and only the newest of its kind; a socket that sends too much is not read for a moment, so
that TCP slows its sender down. The rates are far above what people do by hand.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings

from accounts.limits.refusals import megabytes
from sync.wire.budgets import REPEATED_TIMES, Budgets, NewClients
from sync.wire.frames import MalformedError
from sync.wire.lib0 import Limits
from sync.wire.parsed import Parsed

CLIENT_LIMITS = Limits(
    structs=settings.CANVAS_MAX_UPDATE_STRUCTS,
    delete_ranges=settings.CANVAS_MAX_UPDATE_DELETIONS,
    values=settings.CANVAS_MAX_UPDATE_VALUES,
    depth=settings.CANVAS_MAX_VALUE_DEPTH,
    # In recovery mode people bring whole boards, with everything that came bit by bit.
    writers_per_key=(
        sys.maxsize if settings.CANVAS_RECOVERY else settings.CANVAS_MAX_WRITERS_PER_KEY
    ),
    is_honest=not settings.CANVAS_RECOVERY,
)

BOARD_BUDGETS = Budgets(
    clients=settings.CANVAS_MAX_BOARD_CLIENTS,
    clients_each=settings.CANVAS_MAX_BOARD_CLIENTS_EACH,
    deletions=settings.CANVAS_MAX_BOARD_DELETIONS,
)
NEW_CLIENTS = NewClients(settings.CANVAS_NEW_CLIENTS_AT_ONCE, settings.CANVAS_NEW_CLIENTS_PER_HOUR)
"""For every person and board, in this process."""

IS_RECOVERY = bool(settings.CANVAS_RECOVERY)
"""Recovery mode: a backup was restored, and people bring back what it lacks, whoever wrote it."""

RESERVE_SHARE = 0.1
SMALL_BYTES = 4_096
_CHECK_AFTER_BYTES = 1_000_000
MAX_HOLD_SECONDS = 1.0
_SLOTS = 1024
_FORGET_AFTER = 16 * _SLOTS
_MAX_FOLLOWERS = 256


def limits_for(deletions: int) -> Limits:
    """The limits of an update to a board with this many deletions, which clients repeat."""
    repeated = REPEATED_TIMES * deletions
    if repeated <= CLIENT_LIMITS.delete_ranges:
        return CLIENT_LIMITS
    return replace(CLIENT_LIMITS, delete_ranges=repeated)


class Followers:
    """Counts how often one person's writes follow the same write, over many updates.

    Validation counts this within one update; this bounds it across updates, approximately and in
    bounded memory: writes share 1,024 counters, which are halved after every 16,384 writes. An
    honest client, whose next write follows its last, raises each of them to about 32.
    """

    __slots__ = ("_counts", "_total")

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._total = 0

    def count(self, places: list[int]) -> None:
        """Counts the writes of a parsed update. Raises MalformedError."""
        counts = self._counts
        for place in places:
            slot = place % _SLOTS
            counts[slot] = count = counts.get(slot, 0) + 1
            if count > _MAX_FOLLOWERS + self._total // _SLOTS:
                raise MalformedError("too many concurrent writes of one key")
        self._total += len(places)
        if self._total > _FORGET_AFTER:
            self._total //= 2
            self._counts = {slot: count // 2 for slot, count in counts.items() if count > 1}


class DocumentSize:
    """The stored bytes of one document, and their limits, known without asking the database.

    A board at its limit can still be opened and edited: a reserve admits small updates without new
    elements, and deletions are always accepted. Compaction frees space again.
    """

    __slots__ = ("_asked_at", "_of_owner", "limit", "stored")

    def __init__(self, stored: int) -> None:
        self.stored = stored
        self.limit: int = settings.CANVAS_MAX_DOCUMENT_BYTES
        self._of_owner = False
        self._asked_at: int | None = None

    @property
    def reason(self) -> str:
        """Why nothing more is accepted; fits in a close frame."""
        if self._of_owner:
            size = megabytes(settings.CANVAS_MAX_BYTES_PER_PERSON)
            return f"The boards of this owner are full ({size}). This was not saved."
        size = megabytes(settings.CANVAS_MAX_DOCUMENT_BYTES)
        return f"This board is full ({size}). Deleting still works; this was not saved."

    def takes(self, size_bytes: int, parsed: Parsed, clocks: dict[int, int]) -> bool:
        """Whether an update of this many bytes is accepted."""
        total = self.stored + size_bytes
        if total <= self.limit:
            return True
        if not any(end > clocks.get(client, 0) for client, _, end in parsed.ranges):
            return True  # deletions, or nothing new
        is_small = size_bytes <= SMALL_BYTES and not parsed.root_items
        return is_small and total <= self.limit + RESERVE_SHARE * settings.CANVAS_MAX_DOCUMENT_BYTES

    @property
    def should_ask(self) -> bool:
        """Whether to ask for the owner's remaining quota: after each megabyte, and when little is
        left.
        """
        asked_at = self._asked_at
        return asked_at is None or self._of_owner or self.stored >= asked_at + _CHECK_AFTER_BYTES

    def owner_has(self, bytes_left: int) -> None:
        """Notes the owner's remaining quota over all their boards."""
        of_board = settings.CANVAS_MAX_DOCUMENT_BYTES
        self._asked_at = self.stored
        self.limit = min(of_board, self.stored + max(bytes_left, 0))
        self._of_owner = self.limit < of_board


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
        due_at, cost = self._due_at, size * self._byte_seconds
        # Comparisons, because calls of `max` would double what this costs for each frame.
        if due_at < now - self._burst_seconds:
            due_at = now - self._burst_seconds
        if cost < self._frame_seconds:
            cost = self._frame_seconds
        self._due_at = due_at = due_at + cost
        return min(due_at - now, MAX_HOLD_SECONDS) if due_at > now else 0.0

    def charge(self, frames: int) -> None:
        """Counts extra frames without a pause now; later frames pay for them."""
        self._due_at = max(self._due_at, time.monotonic() - self._burst_seconds)
        self._due_at += frames * self._frame_seconds
