"""How long a header of a handshake may be: as long as one of a page.

The `websockets` library reads the handshake again after the HTTP parser, and by itself takes 8 kB a
line. The cookies of other applications on the host may be longer: their page would open, and its
socket would not.
"""

from websockets import http11

MAX_HEADER_BYTES = 1 << 16


def take_long_headers() -> None:
    """For every socket of this process."""
    http11.MAX_LINE_LENGTH = MAX_HEADER_BYTES
