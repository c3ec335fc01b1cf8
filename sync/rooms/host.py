"""The interfaces through which rooms, committer and upkeep report to the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sync.storage.log import Head

if TYPE_CHECKING:
    from sync.rooms.room import Room


class RoomHost(Protocol):
    """What a room reports to."""

    def has_work(self, room: Room) -> None:
        """Called when the room has something to commit or to read."""

    def tell(self, board_id: UUID, event: dict[str, Any]) -> None:
        """Sends an event to everyone listening to the board."""

    def board_is_full(self, board_id: UUID) -> None:
        """Called when the document is at its budgets and needs a fresh history."""


class Host(RoomHost, Protocol):
    """What the committer and the upkeep report to."""

    def rooms(self) -> Mapping[UUID, Room]:
        """The loaded rooms by board."""

    async def head_has_moved(self, room: Room, head: Head) -> None:
        """Called when another process committed to the board. Returns when members have their new
        access.
        """

    def access_has_changed(self, board_id: UUID) -> None:
        """Called when the board's permissions changed since its sockets were checked."""

    def board_is_gone(self, board_id: UUID) -> None:
        """Called when the board is in the trash or deleted."""

    def room_has_failed(self, room: Room) -> None:
        """Called when a document may hold uncommitted changes, so nobody may see it."""
