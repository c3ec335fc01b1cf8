"""Lets headers of a socket's handshake be as long as those of a page request.

The `websockets` library parses the handshake again after the HTTP parser, with a limit of 8 kB per
line. The cookies of other applications on the host may be longer: then the page would open, but not
its socket.
"""

from websockets import http11

MAX_HEADER_BYTES = 1 << 16


def take_long_headers() -> None:
    """Raises the limit for every socket of this process."""
    http11.MAX_LINE_LENGTH = MAX_HEADER_BYTES
