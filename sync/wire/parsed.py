"""What an update does to a document, and whether the document has all that it builds on.

Pure: knows no framework.
"""

import os
from dataclasses import dataclass, field
from typing import NamedTuple

SALT = os.urandom(8)
"""Of the hashes of places, so that nobody can choose writes whose hashes are equal."""

RootItem = tuple[int, int, int, tuple[int, int] | None]
"""(client, clock, length, origin)"""


class Signed(NamedTuple):
    """An object that may be a signature; `sync/wire/signatures.py` decides."""

    root: bytes | None
    key: bytes | None
    """None (like the root) for a write that follows another: it has the same key as that one."""
    origin: int | None
    """The client of that write."""
    value: bytes


@dataclass(slots=True)
class Parsed:
    """The effects of an update: clock ranges it adds, ids it needs, clock ranges it deletes."""

    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    """(client, first clock, clock after the last)"""
    needs: list[tuple[int, int]] = field(default_factory=list)
    """(client, clock) of every origin and parent"""
    parents: list[tuple[int, int]] = field(default_factory=list)
    """(client, clock) of every parent that is named by its id"""
    root_items: list[RootItem] = field(default_factory=list)
    """Items in `elements`, or in the same map as their origin."""
    deletes: list[tuple[int, int, int]] = field(default_factory=list)
    """(client, first clock, clock after the last)"""
    places: list[int] = field(default_factory=list)
    """For each write, a hash of what it follows: the write before it, or the empty key."""
    plain: list[tuple[int, int]] = field(default_factory=list)
    """(client, clock) of what plain values follow: it must not be an element"""
    faults: dict[int, tuple[int, str]] = field(default_factory=dict)
    """client → the last clock at which a value is out of bounds, and what is wrong with it"""
    incomplete: list[str] = field(default_factory=list)
    """Ids of elements that it creates without a type or position"""
    scans: int = 0
    """How many writes follow one of another client or one from before the update: to place each,
    Yjs looks at all later writes of its key.
    """
    signed: list[Signed] = field(default_factory=list)


def is_closed(parsed: Parsed, clocks: dict[int, int]) -> bool:
    """Whether the update integrates completely on a document that holds `clocks`.

    Nothing may stay pending: pending structs are invisible to state vectors and events, and
    compaction would lose them. An honest client's update fails this only after a gap, and then a
    step 1 gets what is missing.
    """
    ends: dict[int, int] = {}
    for client, start, end in parsed.ranges:
        known = clocks.get(client, 0)
        if start > known:
            return False
        ends[client] = end if end > known else known
    for client, clock in parsed.needs:
        if clock >= (ends[client] if client in ends else clocks.get(client, 0)):
            return False
    for client, _, end in parsed.deletes:
        if end > (ends[client] if client in ends else clocks.get(client, 0)):
            return False
    return True


def overlaps(parsed: Parsed, clocks: dict[int, int]) -> bool:
    """Whether a document with `clocks` already has some struct of the update."""
    return any(start < clocks.get(client, 0) for client, start, _ in parsed.ranges)
