"""The registry of this process: one for each event loop, and a server has one."""

import asyncio
from uuid import UUID
from weakref import WeakKeyDictionary

from sync.document.ownership import Owners
from sync.rooms.registry import Rooms

of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Rooms] = WeakKeyDictionary()


def rooms_of_this_process() -> Rooms:
    """The registry of the running event loop."""
    loop = asyncio.get_running_loop()
    rooms = of_loop.get(loop)
    if rooms is None:
        rooms = of_loop[loop] = Rooms()
    return rooms


def take_reserved_here(board_id: UUID, owners: Owners) -> None:
    """Adds the client ids that somebody announced on a board of this process; from any thread."""
    for rooms in list(of_loop.values()):
        if room := rooms.room_of(board_id):
            owners.take_reserved(room.document.owners)


def is_open_here(board_id: UUID) -> bool:
    """Whether somebody has the board open in this process; from any thread."""
    rooms = [one.room_of(board_id) for one in list(of_loop.values())]
    return any(room.members for room in rooms if room is not None)


async def close_rooms() -> None:
    """Closes the registry of the running event loop, if there is one."""
    loop = asyncio.get_running_loop()
    if rooms := of_loop.get(loop):
        await rooms.close()
        of_loop.pop(loop, None)
