"""Reads the update of a drag, by far the most frequent: one client overwrites one key with one to
four numbers, and deletes the previous value.

Pure: knows no framework. Such an update is matched by a regular expression, because parsing it step
by step is the largest share of a small update's processor time.
"""

import re

from sync.wire.frames import MAX_CLOCK, MalformedError, read_varuint
from sync.wire.parsed import SALT, Parsed

_VARUINT = rb"[\x80-\xff]{0,7}[\x00-\x7f]"
# Its numbers are below 2^19, however they are encoded: within the bounds of every key. Others are
# parsed step by step.
_NUMBER = (
    rb"(?:\x7d(?:[\x80-\xff]?[\x00-\x7f]|[\x80-\xff]{2}[\x00-\x3f])"
    rb"|\x7c[\x00-\x48\x80-\xc8].{3}"
    rb"|\x7b(?:[\x00-\x40\x80-\xc0].|[\x41\xc1][\x00-\x1f]).{6}"
    rb"|[\x78\x79\x7e\x7f])"
)
DRAG = re.compile(
    rb"\x01\x01(%(n)b)(%(n)b)[\x88\xa8](%(n)b)(%(n)b)\x01"
    rb"(?:%(v)b|\x75\x02%(v)b{2}|\x75\x04%(v)b{4})"
    rb"(?:\x00|\x01(%(n)b)\x01(%(n)b)(%(n)b))" % {b"n": _VARUINT, b"v": _NUMBER},
    re.DOTALL,
)
MAX_DRAG_BYTES = 2 + 4 * 8 + 2 + 2 + 4 * 9 + 2 + 3 * 8
MAX_DRAG_VALUES = 5


def parse_drag(update: bytes) -> Parsed | None:
    """The result of `sync.wire.update.Parser` for the update of a drag.

    None for every other update, and for those that `Parser` would refuse.
    """
    match = DRAG.fullmatch(update)
    return None if match is None else _parsed(*match.groups())


def _parsed(
    client: bytes,
    clock: bytes,
    origin_client: bytes,
    origin_clock: bytes,
    deleted_client: bytes | None,
    deleted_clock: bytes,
    deleted_length: bytes,
) -> Parsed | None:
    """The result for the numbers matched by `DRAG`; None if `Parser` would refuse them."""
    try:
        writer, start = read_varuint(client, 0)[0], read_varuint(clock, 0)[0]
        origin = read_varuint(origin_client, 0)[0], read_varuint(origin_clock, 0)[0]
        if start >= MAX_CLOCK or (origin[0] == writer and origin[1] >= start):
            return None
        deletes = []
        if deleted_client is not None:
            first, length = read_varuint(deleted_clock, 0)[0], read_varuint(deleted_length, 0)[0]
            if length == 0 or first + length > MAX_CLOCK:
                return None
            deletes.append((read_varuint(deleted_client, 0)[0], first, first + length))
    except MalformedError:
        return None
    place = hash((SALT, origin))
    return Parsed(
        [(writer, start, start + 1)], [origin], [], [], deletes, [place], [origin], scans=1
    )
