"""What other processes committed: taken at once if it continues the head, else held for a moment.

It cannot be taken in the middle of a batch of the room's own, nor before what comes first. Whatever
does not fit soon, or is too much, is read from the rows instead.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from sync import metrics
from sync.storage.log import Claim, Head

SECONDS = 0.03
"""How long a message of another process is waited for."""
MAX_UPDATES = 100
MAX_BYTES = 1_000_000


class Board(Protocol):
    """What takes the updates: a room."""

    head: Head
    is_committing: bool

    def take_rows(
        self, seq: int, rows: tuple[tuple[int, bytes], ...], claims: Iterable[Claim]
    ) -> bool:
        """Applies rows up to `seq`; False if only a rebuild can."""

    def mark_behind(self) -> None:
        """Has the rows read."""


class _Update(NamedTuple):
    payload: bytes
    claims: tuple[Claim, ...]


class Held:
    """The batches of other processes that one room could not take yet, by sequence."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.by_seq: dict[int, _Update] = {}
        self._bytes = 0
        self._arrived: asyncio.Future[None] | None = None

    def receive(self, seq: int, payload: bytes, claims: Iterable[Claim]) -> None:
        """Takes a batch, now or when the room's own is settled.

        Raises:
            DocumentError, MalformedError: it does not apply.
        """
        if seq <= self._board.head.seq or seq in self.by_seq:
            return
        if len(self.by_seq) >= MAX_UPDATES or self._bytes + len(payload) > MAX_BYTES:
            self._read_rows()
            return
        self.by_seq[seq] = _Update(payload, tuple(claims))
        self._bytes += len(payload)
        if not self._board.is_committing:
            self.take()
        elif self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def take(self) -> bool:
        """Takes what continues the head; whether there was anything, and all of it was taken.

        Raises:
            DocumentError, MalformedError: it does not apply.
        """
        board, before = self._board, self._board.head.seq
        for older in [held for held in self.by_seq if held <= before]:
            self._remove(older)
        while (seq := board.head.seq + 1) in self.by_seq:
            payload, claims = self._remove(seq)
            if not board.take_rows(seq, ((seq, payload),), claims):
                board.mark_behind()
                return False
        if self.by_seq and not board.is_committing:
            asyncio.get_running_loop().call_later(SECONDS, self._fill_gap)
        return board.head.seq > before

    def _remove(self, seq: int) -> _Update:
        update = self.by_seq.pop(seq)
        self._bytes -= len(update.payload)
        return update

    def _fill_gap(self) -> None:
        if self.by_seq and not self._board.is_committing:
            self._read_rows()

    def _read_rows(self) -> None:
        metrics.BUS_GAPS.inc()
        self.by_seq.clear()
        self._bytes = 0
        self._board.mark_behind()

    async def until_next(self) -> None:
        """Waits for what follows the head, while the room's own batch is not settled."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                while self._board.head.seq + 1 not in self.by_seq:
                    self._arrived = asyncio.get_running_loop().create_future()
                    await self._arrived
        self._arrived = None
