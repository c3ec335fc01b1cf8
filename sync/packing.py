"""Whole documents as they are stored: compressed.

A document keeps a mark of every value that was ever overwritten, so that people who come back from
offline still merge. The marks of a long history outweigh its content by far, but are so alike that
compression takes nearly all of them away again.
"""

import zlib

LEVEL = 6


class DamagedPack(ValueError):  # noqa: N818  a state, not a fault
    """Stored bytes that cannot be unpacked."""


def pack(data: bytes) -> bytes:
    """`data` as it is stored."""
    return zlib.compress(data, LEVEL)


def unpack(stored: bytes | memoryview, *, is_packed: bool) -> bytes:
    """What was stored; rows from before compression hold it as it was.

    Raises:
        DamagedPack: the bytes were changed or cut off.
    """
    if not is_packed:
        return bytes(stored)
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise DamagedPack(str(error)) from error
