"""A commit does not look at the access version, and nobody is lowered when it changes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sync.access.tracker import AccessTracker
from sync.storage import store
from sync.storage.batches import Batch
from sync.storage.log import read_heads

_module: Any = store


def apply() -> None:
    real = _module.write_batches

    def broken(batches: Mapping[int, Batch]) -> set[int]:
        heads = read_heads([batch.board_id for batch in batches.values()])
        current = {
            number: batch._replace(access_version=heads[batch.board_id].access_version)
            for number, batch in batches.items()
            if batch.board_id in heads
        }
        written: set[int] = real(current)
        return written

    async def unmoved(self: AccessTracker, board_id: UUID) -> None:
        return

    _module.write_batches = broken
    AccessTracker.refresh = unmoved  # type: ignore[method-assign]
