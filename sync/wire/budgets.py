"""How many client ids and deletions a board may make every client repeat.

Pure: knows no framework. A Yjs client names all client ids of a document in its state vector, and
sends the whole delete set whenever it connects. So both are limited when they are written, and
repeating them is never refused: only what is new in an update counts.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from sync.wire.frames import MalformedError, write_varuint

Range = tuple[int, int, int]
"""(client, first clock, clock after the last)"""
REPEATED_TIMES = 2
"""How many times one message may repeat what a board holds."""
_FEW = 64
_FORGOTTEN_RATES = 10_000


class BoardFullError(MalformedError):
    """The board is at its budget. A copy of it would start without its history."""


class FullForNowError(BoardFullError):
    """The same for a small change: it will be accepted once the board has a fresh history."""


class TooOftenError(MalformedError):
    """Too many new client ids from one person at once; accepted later."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budgets of one board."""

    clients: int = 100_000
    clients_each: int = 50_000
    """For one account or guest."""
    deletions: int = 200_000


class Deletions:
    """The deleted clocks of a document, as ranges, the way clients repeat them."""

    __slots__ = ("_runs", "count")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._runs: dict[int, list[int]] = {}
        """For each client: start, end, start, end … in order; adjacent ranges are merged."""
        self.count = 0
        self.add(list(ranges))

    def add(self, ranges: list[Range]) -> None:
        """Adds deleted ranges."""
        if len(ranges) <= _FEW:
            for client, start, end in ranges:
                self._add_one(client, start, end)
            return
        by_client: dict[int, list[tuple[int, int]]] = {}
        for client, start, end in ranges:
            by_client.setdefault(client, []).append((start, end))
        for client, some in by_client.items():
            self._add_many(client, some)

    def _add_one(self, client: int, start: int, end: int) -> None:
        runs = self._runs.get(client)
        if runs is None:
            self._runs[client] = [start, end]
            self.count += 1
            return
        if runs[-1] == start:
            runs[-1] = end
            return
        first, last = bisect_left(runs, start), bisect_right(runs, end)
        edges = [start] if first % 2 == 0 else []
        if last % 2 == 0:
            edges.append(end)
        before = len(runs)
        runs[first:last] = edges
        self.count += (len(runs) - before) // 2

    def _add_many(self, client: int, some: list[tuple[int, int]]) -> None:
        """`_add_one` for many ranges, in linear time."""
        runs = self._runs.get(client, [])
        ranges = [(at, end) for index, (at, end) in enumerate(pairwise(runs)) if index % 2 == 0]
        merged: list[int] = []
        for start, end in sorted(ranges + some):
            if merged and start <= merged[-1]:
                merged[-1] = max(merged[-1], end)
            else:
                merged += (start, end)
        self.count += (len(merged) - len(runs)) // 2
        self._runs[client] = merged

    def unknown(self, ranges: list[Range]) -> list[Range]:
        """The ranges that are not completely deleted yet."""
        return [one for one in ranges if not self._has(*one)]

    def _has(self, client: int, start: int, end: int) -> bool:
        runs = self._runs.get(client)
        if runs is None:
            return False
        at = bisect_right(runs, start)
        return at % 2 == 1 and runs[at] >= end

    def growth(self, ranges: list[Range]) -> int:
        """An upper bound for the growth of `count` when the ranges are added."""
        return sum(not self._touches(*one) for one in ranges)

    def _touches(self, client: int, start: int, end: int) -> bool:
        runs = self._runs.get(client)
        if runs is None:
            return False
        first, last = bisect_left(runs, start), bisect_right(runs, end)
        return last > first or first % 2 == 1


def encode_deletions(deletes: Iterable[Range]) -> bytes:
    """Encodes an update without structs; the ranges of each client stay together, in order."""
    by_client: dict[int, list[bytes]] = {}
    for client, start, end in deletes:
        ranges = by_client.setdefault(client, [])
        ranges.append(write_varuint(start) + write_varuint(end - start))
    encoded = [
        write_varuint(client) + write_varuint(len(ranges)) + b"".join(ranges)
        for client, ranges in by_client.items()
    ]
    return b"\x00" + write_varuint(len(encoded)) + b"".join(encoded)


class NewClients:
    """Limits how many new client ids one person adds to one board: a burst, then a rate.

    Keeps one person from using up the budget that everyone shares.
    """

    def __init__(
        self, at_once: int, per_hour: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._at_once = at_once
        self._seconds_each = 3600 / per_hour
        self._now = now
        self._due_at: dict[object, float] = {}

    def count(self, who: object, new: int) -> None:
        """Counts new client ids, or raises TooOftenError and counts nothing."""
        now = self._now()
        due_at = max(self._due_at.pop(who, now), now)
        is_too_many = due_at + new * self._seconds_each > now + self._at_once * self._seconds_each
        if not is_too_many:
            due_at += new * self._seconds_each
        self._due_at[who] = due_at  # the most recent people come last
        if len(self._due_at) > _FORGOTTEN_RATES:
            del self._due_at[next(iter(self._due_at))]
        if is_too_many:
            raise TooOftenError(
                f"more than {self._at_once:,} new client ids at once; come back later"
            )
