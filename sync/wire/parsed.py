"""What an update does to a document, and whether the document has all that it builds on.

Pure: knows no framework. The update of a drag is by far the most frequent: one client overwrites
one key with one to four numbers, and deletes the previous value. It is matched by a regular
expression here, because parsing it step by step is the largest share of a small update's processor
time.
"""

import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sync.wire.frames import MAX_CLOCK, MalformedError, read_varuint

SALT = os.urandom(8)
"""Of the hashes of places, so that nobody can choose writes whose hashes are equal."""

MAX_WATCHED = 100
"""Values that one update replaces or removes, up to which it is watched for those that hide an
element: a person's edit has a few, and watching costs time for each.
"""

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
    """Ids of elements that it creates and nobody will see as they are"""
    scans: int = 0
    """How many writes follow one of another client or one from before the update: to place each,
    Yjs looks at all later writes of its key.
    """
    signed: list[Signed] = field(default_factory=list)
    may_hide: bool = False
    """Whether it may make an element that exists invisible: it changes few values, and replaces one
    by what is no pair of numbers, removes one, or adds a key that decides about it. An update does
    not say under which key it replaces or removes.
    """


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
    for client, start, _ in parsed.ranges:  # noqa: SIM110  `any` costs twice as much
        if start < clocks.get(client, 0):
            return True
    return False


_VARUINT = rb"[\x80-\xff]{0,7}[\x00-\x7f]"
# Its numbers are below 2^19, however they are encoded: within the bounds of every key. Others are
# parsed step by step.
_NUMBER = (
    rb"(?:\x7d(?:[\x80-\xff]?[\x00-\x7f]|[\x80-\xff]{2}[\x00-\x3f])"
    rb"|\x7c[\x00-\x48\x80-\xc8].{3}"
    rb"|\x7b(?:[\x00-\x40\x80-\xc0].|[\x41\xc1][\x00-\x1f]).{6})"
)
_VALUE = rb"(?:%b|[\x78\x79\x7e\x7f])" % _NUMBER
# A pair of numbers, which cannot hide an element, is a group of its own.
DRAG = re.compile(
    rb"\x01\x01(%(n)b)(%(n)b)[\x88\xa8](%(n)b)(%(n)b)\x01"
    rb"(?:(\x75\x02%(d)b{2})|%(v)b|\x75\x02%(v)b{2}|\x75\x04%(v)b{4})"
    rb"(?:\x00|\x01(%(n)b)\x01(%(n)b)(%(n)b))" % {b"n": _VARUINT, b"d": _NUMBER, b"v": _VALUE},
    re.DOTALL,
)
MAX_DRAG_BYTES = 2 + 4 * 8 + 2 + 2 + 4 * 9 + 2 + 3 * 8
MAX_DRAG_VALUES = 5
_PAIR = b"\x75\x02"
_DOUBLE, _FLOAT, _INTEGER = 123, 124, 125


def is_pair(data: bytes, at: int) -> bool:
    """Whether the value at `at`, which has been read, is a list of two numbers."""
    if data[at : at + 2] != _PAIR:
        return False
    tag = data[at + 2]
    if tag == _DOUBLE:
        at += 11
    elif tag == _FLOAT:
        at += 7
    elif tag == _INTEGER:
        at += 4
        while data[at - 1] & 0x80:
            at += 1
    else:
        return False
    return _DOUBLE <= data[at] <= _INTEGER


def parse_drag(update: bytes) -> Parsed | None:
    """The result of `sync.wire.update.Parser` for the update of a drag.

    None for every other update, and for those that `Parser` would refuse.
    """
    match = DRAG.fullmatch(update)
    if match is None:
        return None
    return _parsed(*match.groups())


@lru_cache(maxsize=4096)
def _number(encoded: bytes) -> int:
    """The number of a `_VARUINT`; most occur again in the next update of their client."""
    return read_varuint(encoded, 0)[0]


def _parsed(
    client: bytes,
    clock: bytes,
    origin_client: bytes,
    origin_clock: bytes,
    pair: bytes | None,
    deleted_client: bytes | None,
    deleted_clock: bytes,
    deleted_length: bytes,
) -> Parsed | None:
    """The result for what `DRAG` matched; None if `Parser` would refuse it."""
    try:
        writer, start = _number(client), _number(clock)
        origin = _number(origin_client), _number(origin_clock)
        if start >= MAX_CLOCK or (origin[0] == writer and origin[1] >= start):
            return None
        may_hide = pair is None
        deletes = []
        if deleted_client is not None:
            first, length = _number(deleted_clock), _number(deleted_length)
            if length == 0 or first + length > MAX_CLOCK:
                return None
            deletes.append((_number(deleted_client), first, first + length))
            removes = length > 1 or (deletes[0][0], first) != origin
            may_hide = (may_hide or removes) and length <= MAX_WATCHED
    except MalformedError:
        return None
    place = hash((SALT, origin))
    return Parsed(
        [(writer, start, start + 1)],
        [origin],
        [],
        [],
        deletes,
        [place],
        [origin],
        scans=1,
        may_hide=may_hide,
    )
