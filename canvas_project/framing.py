"""Limits what HTTP allows around a body: headers, chunks and their extensions, trailers.

All of it is free to send and costs the receiver a call each, or nothing but time; none of it is
counted by a limit on bodies.
"""

MAX_HEADERS = 200
"""Of one request, its trailers included."""
MAX_BYTES = 1 << 16
"""Beside a body and as much again: of everything that is no body, and of a body that nobody waits
for any more.
"""
MAX_PIECES = 1000
LEAST_PIECE_BYTES = 16
"""A body may come in so many pieces of any size; beyond that they are this long on average."""


class TooMuchError(Exception):
    """A request with more around its body than anyone needs."""


class Framing:
    """Counts one request, after its head what is received and how much of it is body."""

    __slots__ = ("_headers", "_pieces", "_received", "_unwanted", "body_bytes", "is_chunked")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A request begins."""
        self.is_chunked = False
        self.body_bytes = 0
        self._headers = self._pieces = self._received = self._unwanted = 0

    def take_header(self, name: bytes) -> None:
        """Counts a header or trailer. Raises TooMuchError."""
        self._headers += 1
        if self.has_many_headers:
            raise TooMuchError
        if name.lower() == b"transfer-encoding":
            self.is_chunked = True

    def take_body(self, size: int, *, is_wanted: bool) -> None:
        """Counts a piece of the body. Raises TooMuchError."""
        self.body_bytes += size
        self._pieces += 1
        if self._pieces > MAX_PIECES + self.body_bytes // LEAST_PIECE_BYTES:
            raise TooMuchError
        if not is_wanted:
            self._unwanted += size

    def take(self, size: int) -> None:
        """Counts what is received after the head, before it is parsed."""
        self._received += size

    @property
    def has_many_headers(self) -> bool:
        """Whether the last header was one too many."""
        return self._headers > MAX_HEADERS

    @property
    def is_too_much(self) -> bool:
        """Whether the connection is to be dropped."""
        around = self._received - self.body_bytes
        return around > MAX_BYTES + self.body_bytes or self._unwanted > MAX_BYTES
