"""Rows are removed before their snapshot is stored: a death in between loses them."""

from uuid import UUID

from sync.storage import compaction
from sync.storage.compaction import Snapshot


def apply() -> None:
    real = compaction._insert

    def broken(board_id: UUID, seq: int, snapshot: Snapshot) -> None:
        compaction._remove_covered(board_id, seq)
        real(board_id, seq, snapshot)

    compaction._insert = broken
