"""How large a board's document may become, known to the room without asking the database.

A board at its limit can still be opened and edited: a reserve admits small updates without new
elements, and deletions are always accepted. Compaction frees space again.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from boards.models import Board
from boards.quotas.checks import bytes_left_of, megabytes
from sync.wire.parsed import Parsed

RESERVE_SHARE = 0.1
SMALL_BYTES = 4_096
_CHECK_AFTER_BYTES = 1_000_000


class DocumentSize:
    """The stored bytes of one document, and its limits."""

    __slots__ = ("_asked_at", "_of_owner", "limit", "stored")

    def __init__(self, stored: int) -> None:
        self.stored = stored
        self.limit: int = settings.CANVAS_MAX_DOCUMENT_BYTES
        self._of_owner = False
        self._asked_at: int | None = None

    @property
    def reason(self) -> str:
        """Why nothing more is accepted; fits in a close frame."""
        if self._of_owner:
            size = megabytes(settings.CANVAS_MAX_BYTES_PER_PERSON)
            return f"The boards of this owner are full ({size}). This was not saved."
        size = megabytes(settings.CANVAS_MAX_DOCUMENT_BYTES)
        return f"This board is full ({size}). Deleting still works; this was not saved."

    def takes(self, size_bytes: int, parsed: Parsed, clocks: dict[int, int]) -> bool:
        """Whether an update of this many bytes is accepted."""
        total = self.stored + size_bytes
        if total <= self.limit:
            return True
        if not any(end > clocks.get(client, 0) for client, _, end in parsed.ranges):
            return True  # deletions, or nothing new
        is_small = size_bytes <= SMALL_BYTES and not parsed.root_items
        return is_small and total <= self.limit + RESERVE_SHARE * settings.CANVAS_MAX_DOCUMENT_BYTES

    @property
    def should_ask(self) -> bool:
        """Whether to ask for the owner's remaining quota: after each megabyte, and when little is
        left.
        """
        asked_at = self._asked_at
        return asked_at is None or self._of_owner or self.stored >= asked_at + _CHECK_AFTER_BYTES

    def owner_has(self, bytes_left: int) -> None:
        """Notes the owner's remaining quota over all their boards."""
        of_board = settings.CANVAS_MAX_DOCUMENT_BYTES
        self._asked_at = self.stored
        self.limit = min(of_board, self.stored + max(bytes_left, 0))
        self._of_owner = self.limit < of_board


def bytes_left_on(board_ids: list[UUID]) -> dict[UUID, int]:
    """The remaining quota of the owners of some boards. Blocks on the database."""
    owners = dict(Board.objects.filter(pk__in=board_ids).values_list("pk", "owner_id"))
    left = bytes_left_of(set(owners.values()))
    return {board_id: left[owner_id] for board_id, owner_id in owners.items()}
