"""What waited for a locked board is committed under the access version of that moment."""

from sync.rooms.committer import Committer
from sync.rooms.room import Room
from sync.storage.batches import Batch


def apply() -> None:
    real = Committer._wait_for_board

    async def broken(self: Committer, room: Room, batch: Batch) -> None:
        await real(self, room, batch)
        self._retries[room] = room.pending_batch()

    Committer._wait_for_board = broken  # type: ignore[method-assign]
