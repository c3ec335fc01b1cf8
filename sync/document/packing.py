"""Whole documents as they are stored: compressed.

A document keeps a marker for every value that was ever overwritten, so that offline edits still
merge. The markers of a long history far outweigh the content, but they are so alike that
compression removes nearly all of their size.
"""

import itertools
import zlib

LEVEL = 6


class DamagedPackError(ValueError):
    """Stored bytes that cannot be unpacked."""


def pack(data: bytes) -> bytes:
    """Compresses `data` for storage."""
    return zlib.compress(data, LEVEL)


def unpack(stored: bytes | memoryview, *, is_packed: bool) -> bytes:
    """Unpacks stored bytes; rows from before compression are returned unchanged.

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
    """Cuts a payload of concatenated updates into pieces of the given sizes in bytes.

    Raises:
        DamagedPackError: the sizes don't add up to the payload.
    """
    if not pieces:
        return [payload]
    if sum(pieces) != len(payload):
        raise DamagedPackError("its pieces do not add up")
    ends = list(itertools.accumulate(pieces))
    return [payload[end - size : end] for end, size in zip(ends, pieces, strict=True)]
