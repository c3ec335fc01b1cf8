"""Whole documents as they are stored: compressed.

A document keeps a mark of every value that was ever overwritten, so that people who come back from
offline still merge. The marks of a long history outweigh its content by far, but are so alike that
compression takes nearly all of them away again.
"""

import itertools
import zlib

LEVEL = 6


class DamagedPackError(ValueError):
    """Stored bytes that cannot be unpacked."""


def pack(data: bytes) -> bytes:
    """`data` as it is stored."""
    return zlib.compress(data, LEVEL)


def unpack(stored: bytes | memoryview, *, is_packed: bool) -> bytes:
    """What was stored; rows from before compression hold it as it was.

    Raises:
        DamagedPackError: the bytes were changed or cut off.
    """
    if not is_packed:
        return bytes(stored)
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise DamagedPackError(str(error)) from error


def cut(payload: bytes, pieces: list[int]) -> list[bytes]:
    """The updates that stand one after another in a payload, by the bytes of each.

    Raises:
        DamagedPackError: the payload is not as long as its pieces.
    """
    if not pieces:
        return [payload]
    if sum(pieces) != len(payload):
        raise DamagedPackError("its pieces do not add up")
    ends = list(itertools.accumulate(pieces))
    return [payload[end - size : end] for end, size in zip(ends, pieces, strict=True)]
