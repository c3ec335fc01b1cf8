"""Everybody gets a batch when it is applied, before it is on disk."""

from sync.rooms.room import Room
from sync.storage.batches import Batch


def apply() -> None:
    real = Room.take_batch

    def broken(self: Room) -> Batch | None:
        batch = real(self)
        if batch is not None and batch.payload:
            self._fan_out(batch.payload, {edit.member for edit in self.batch})
        return batch

    Room.take_batch = broken  # type: ignore[method-assign,assignment]
