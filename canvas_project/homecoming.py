"""A server that is back calls home the boards that it had before it ended.

The proxy keeps a board on one server, and gives it to another one while that is gone. People stay
where they are connected, so without a call the others would keep more than their share, and at the
next accident more people would wait.
"""

import logging
from typing import Protocol
from uuid import UUID

from django.conf import settings

from canvas_project.regular import RegularThread
from sync.rooms.announce import announce
from sync.rooms.bus import HOME
from sync.rooms.connected import boards_elsewhere
from sync.rooms.process import is_open_here

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 5.0
"""The other servers store which boards they have about this often."""
PROBE_SECONDS = 5.0
PROBE_LOOK_SECONDS = 0.1
BOARD_SECONDS = 0.2
"""Between two boards: admitting people slows down everyone else. On two cores, half this pause made
people wait up to two seconds after a rolling restart; a longer one leaves too many boards on the
server that restarts next.
"""
LONGEST_SECONDS = 120.0
"""For all boards: the more there are, the faster."""
MAX_LOOKS = 5


class _Starting(Protocol):
    started: bool
    """Whether it listens."""


class Homecoming(RegularThread):
    """Looks a few times after the start, later and later, until no board is elsewhere.

    The first board of each look shows whether the proxy sends people here yet; if it does not, the
    others stay where they are. No board is called twice: without a proxy that keeps boards on one
    server its people would be sent away again and again.
    """

    subject = "boards to call home"
    stop_seconds = 1

    def __init__(self, server: _Starting, settle: float = SETTLE_SECONDS) -> None:
        super().__init__(settle, settle)
        self._server = server
        self._looks = 0
        self._called: set[UUID] = set()

    def run(self) -> None:
        """Runs until `stop`, if there may be other servers."""
        if settings.CANVAS_BUS != "memory":
            super().run()

    def look(self) -> None:
        """Calls the boards that are elsewhere."""
        if not self._server.started:
            return
        boards = [one for one in boards_elsewhere() if one not in self._called]
        if boards and self._come(boards[0]):
            self._call_all(boards[1:])
        self._looks += 1
        self._pause *= 2
        if self._looks == MAX_LOOKS:
            self._stop_asked.set()

    def _come(self, board_id: UUID) -> bool:
        """Calls a board; whether its people come here."""
        self._call(board_id)
        for _ in range(round(PROBE_SECONDS / PROBE_LOOK_SECONDS)):
            if is_open_here(board_id) or self._stop_asked.wait(PROBE_LOOK_SECONDS):
                break
        return is_open_here(board_id)

    def _call_all(self, boards: list[UUID]) -> None:
        for board_id in boards:
            if self._stop_asked.wait(min(BOARD_SECONDS, LONGEST_SECONDS / len(boards))):
                return
            self._call(board_id)
        logger.info("servers: %d boards were called home", len(boards) + 1)

    def _call(self, board_id: UUID) -> None:
        self._called.add(board_id)
        announce(board_id, HOME, server=settings.SERVER_NAME)
