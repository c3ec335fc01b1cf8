"""A snapshot lacks the newest row that it is said to cover, and the row is removed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sync.storage import compaction
from sync.storage.log import Head, Stored

_module: Any = compaction


def apply() -> None:
    real = _module.read_newest

    def broken(board_id: UUID) -> tuple[Head, Stored]:
        head, stored = real(board_id)
        return head, replace(stored, updates=stored.updates[:-1])

    _module.read_newest = broken
