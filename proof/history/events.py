"""Reads journals; see `proof.history` for the format."""

import heapq
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_LINE = 64_000_000
"""Bytes of one line: the last state of a large document."""
SECOND = 1_000_000_000

Clocks = list[tuple[int, int]]
Ranges = list[tuple[int, int, int]]


class JournalError(Exception):
    """A line is no event; the message names file and line."""


@dataclass(slots=True)
class Event:
    """One line of a journal."""

    t: int
    kind: str
    who: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def clocks(self) -> Clocks:
        """Ends of clocks."""
        return [(client, end) for client, end in self.data.get("clocks", ())]

    @property
    def written(self) -> tuple[int, int, int]:
        """Of a write: client id, and the range of its clocks."""
        client, start, end = self.data["clocks"]
        return client, start, end

    @property
    def deleted(self) -> Ranges:
        """Ranges of deleted items."""
        return [(client, clock, length) for client, clock, length in self.data.get("deleted", ())]

    @property
    def told(self) -> Ranges:
        """Of a sighting: the deletions that the message named. What else is deleted followed from
        that and from work of one's own, which the server may not have.
        """
        return [tuple(one) for one in self.data["told"]] if "told" in self.data else self.deleted

    def line(self) -> str:
        """As it stands in a journal."""
        return json.dumps({"t": self.t, "e": self.kind, "who": self.who, **self.data})


def items(ranges: Ranges) -> Iterator[tuple[int, int]]:
    """Every deleted item of some ranges."""
    for client, clock, length in ranges:
        for one in range(clock, clock + length):
            yield client, one


def read_journals(paths: Iterable[Path]) -> list[Event]:
    """All events in their order. The last line of a file may be torn: its writer was killed.

    Raises JournalError.
    """
    files = [_read(path) for path in sorted(paths)]
    return list(heapq.merge(*files, key=lambda event: event.t))


def _read(path: Path) -> list[Event]:
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    found = []
    for number, line in enumerate(lines, start=1):
        is_torn = number == len(lines)
        if not line:
            continue
        try:
            found.append(parse(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            if not is_torn:
                raise JournalError(f"{path}, line {number}: {error}") from error
    return sorted(found, key=lambda event: event.t)  # `sorted` keeps the order of equal times


def parse(line: bytes) -> Event:
    """One line. Raises ValueError, TypeError, KeyError or AttributeError."""
    if len(line) > MAX_LINE:
        raise ValueError("the line is too long")
    data = json.loads(line)
    return Event(int(data.pop("t")), str(data.pop("e")), str(data.pop("who")), data)
