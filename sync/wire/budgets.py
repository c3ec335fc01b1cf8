"""What a board may make every client repeat: client ids and deletions; and what it may weigh.

Pure: knows no framework. A Yjs client names all client ids of a document in its state vector and
sends the whole delete set whenever it connects. So both are limited when they are written, and
whoever repeats them is never refused: of an update only what is new counts.
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
"""How many times what a board holds may be repeated in one message."""
_FEW = 64
_FORGOTTEN_RATES = 10_000


class BoardFullError(MalformedError):
    """The board holds as much as it may; a copy of it begins without its history."""


class FullForNowError(BoardFullError):
    """The same for who brings little: taken as soon as the board has got a fresh history."""


class TooOftenError(MalformedError):
    """More at once than one person needs; the same is taken later."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """What one board may hold."""

    clients: int = 100_000
    clients_each: int = 50_000
    """Of one account or guest."""
    deletions: int = 200_000


class Deletions:
    """The clocks that a document has deleted, as the ranges in which clients repeat them."""

    __slots__ = ("_runs", "count")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._runs: dict[int, list[int]] = {}
        """Of each client: start, end, start, end … in order; ranges that touch are one."""
        self.count = 0
        self.add(list(ranges))

    def add(self, ranges: list[Range]) -> None:
        """Counts ranges in that are deleted from now on."""
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
        """As `_add_one` for each, in time linear in what there is."""
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
        """Those of the ranges that are not deleted as a whole."""
        return [one for one in ranges if not self._has(*one)]

    def _has(self, client: int, start: int, end: int) -> bool:
        runs = self._runs.get(client)
        if runs is None:
            return False
        at = bisect_right(runs, start)
        return at % 2 == 1 and runs[at] >= end

    def growth(self, ranges: list[Range]) -> int:
        """By how much `count` grows at most when the ranges are added."""
        return sum(not self._touches(*one) for one in ranges)

    def _touches(self, client: int, start: int, end: int) -> bool:
        runs = self._runs.get(client)
        if runs is None:
            return False
        first, last = bisect_left(runs, start), bisect_right(runs, end)
        return last > first or first % 2 == 1


def encode_deletions(deletes: Iterable[Range]) -> bytes:
    """An update without structs; ranges of one client stand together, in their order."""
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
    """How many new client ids one person brings to one board: so many at once, then at a rate.

    Raises nothing by itself about the board; it keeps one person from using up what all share.
    """

    def __init__(
        self, at_once: int, per_hour: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._at_once = at_once
        self._seconds_each = 3600 / per_hour
        self._now = now
        self._due_at: dict[object, float] = {}

    def count(self, who: object, new: int) -> None:
        """Counts new client ids. Raises TooOftenError, and then counts nothing."""
        now = self._now()
        due_at = max(self._due_at.pop(who, now), now)
        is_too_many = due_at + new * self._seconds_each > now + self._at_once * self._seconds_each
        if not is_too_many:
            due_at += new * self._seconds_each
        self._due_at[who] = due_at  # those who came last stand last
        if len(self._due_at) > _FORGOTTEN_RATES:
            del self._due_at[next(iter(self._due_at))]
        if is_too_many:
            raise TooOftenError(
                f"more than {self._at_once:,} new client ids at once; come back later"
            )
