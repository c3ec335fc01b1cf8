"""A target with a fault that random bytes don't find: a decoder that forgets one check."""

from sync.wire.frames import MalformedError, read_bytes


def read(data: bytes) -> None:
    """Reads an update with some content, and then looks at a byte that need not be there."""
    try:
        if data[:2] != b"\x00\x02":
            return
        content, end = read_bytes(data, 2)
    except (IndexError, MalformedError):
        return
    if len(content) >= 3 and content[0] == 7:
        data[end]
