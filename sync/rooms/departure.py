"""Sends people away, a few at a time: before the process ends, and from boards whose own server is
back.

Everybody at once would come back to the other processes at once, and wait there for each other: who
is admitted costs about ten milliseconds. People who still have to leave go on drawing meanwhile.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from sync.rooms.events import EventHub
from sync.rooms.room import Room
from sync.wire.close_codes import CloseCode

SOCKETS_AT_ONCE = 2
PAUSE_SECONDS = 0.08
LONGEST_SECONDS = 5.0
"""For all of them: the more there are, the more leave at once."""
RESTARTING = "The server is restarting."
MOVING = "The board has moved to another server."


class Closable(Protocol):
    """A socket of either kind."""

    def close(self, code: CloseCode, reason: str) -> None:
        """Closes it after what is queued."""


def sockets_by_board(
    boards: Collection[UUID], rooms: Mapping[UUID, Room], hub: EventHub
) -> list[Closable]:
    """Those of these boards; the people of a board leave together, and meet again."""
    sockets: list[Closable] = []
    for board_id in boards:
        if board_id in rooms:
            sockets += rooms[board_id].members
        sockets += hub.listeners(board_id)
    return sockets


async def send_away(
    sockets: Sequence[Closable],
    reason: str,
    *,
    in_turn: bool,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Closes all sockets with a retryable code, in their order; unless `in_turn`, all at once.

    Without another process nobody can come back before this one has ended.
    """
    most = math.ceil(len(sockets) * PAUSE_SECONDS / LONGEST_SECONDS) if in_turn else len(sockets)
    at_once = max(SOCKETS_AT_ONCE, most)
    for start in range(0, len(sockets), at_once):
        if start:
            await sleep(PAUSE_SECONDS)
        for socket in sockets[start : start + at_once]:
            socket.close(CloseCode.RESTARTING, reason)
