"""Which other processes have a board open, as far as the bus has told.

Wrong for a moment is harmless: a process that nobody knows of finds out by polling the rows, and
one that has ended only costs messages that nobody reads.
"""

import time
from collections.abc import Callable, Iterable
from uuid import UUID

EXPIRY_SECONDS = 45.0
"""After this time without a message a process is taken for ended. It sends one three times as
often.
"""


class Peers:
    """The other processes of each board, and when each was last heard from."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.heard_at: dict[UUID, dict[str, float]] = {}
        """When each process that has a board open was last heard from."""

    def know(self, board_id: UUID, processes: Iterable[str]) -> bool:
        """Whether all of these are known to have the board open."""
        return self.heard_at.get(board_id, {}).keys() >= set(processes)

    def hear(self, board_id: UUID, process: str) -> bool:
        """Notes that a process has the board open; returns whether that is news."""
        processes = self.heard_at.setdefault(board_id, {})
        is_new = process not in processes
        processes[process] = self._clock()
        return is_new

    def forget(self, board_id: UUID, process: str) -> None:
        """Notes that a process has closed the board."""
        processes = self.heard_at.get(board_id, {})
        processes.pop(process, None)
        if not processes:
            self.heard_at.pop(board_id, None)

    def forget_board(self, board_id: UUID) -> None:
        """Forgets everyone on a board, because this process has closed it."""
        self.heard_at.pop(board_id, None)

    def expire(self) -> list[tuple[UUID, str]]:
        """Forgets and returns those who have not been heard from for too long."""
        oldest = self._clock() - EXPIRY_SECONDS
        silent = [
            (board_id, process)
            for board_id, processes in self.heard_at.items()
            for process, heard_at in processes.items()
            if heard_at < oldest
        ]
        for board_id, process in silent:
            self.forget(board_id, process)
        return silent
