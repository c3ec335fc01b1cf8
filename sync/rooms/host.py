"""What a room, the committer and the upkeep report upwards; the registry listens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sync.storage.log import Head

if TYPE_CHECKING:
    from sync.rooms.room import Room


class RoomHost(Protocol):
    """What holds a room."""

    def has_work(self, room: Room) -> None:
        """The room has something to commit or to read."""

    def tell(self, board_id: UUID, event: dict[str, Any]) -> None:
        """Everybody who listens to the board should hear of this event."""

    def board_is_full(self, board_id: UUID) -> None:
        """The document of the board takes no more; with a fresh history it would."""


class Host(RoomHost, Protocol):
    """What holds all rooms of a process."""

    def rooms(self) -> Mapping[UUID, Room]:
        """The loaded rooms by board."""

    async def head_has_moved(self, room: Room, head: Head) -> None:
        """Another process committed to the board. Returns when members have their new access."""

    def access_has_changed(self, board_id: UUID) -> None:
        """The permissions of the board are not those that its sockets rest on."""

    def board_is_gone(self, board_id: UUID) -> None:
        """The board is in the trash, or deleted."""

    def room_has_failed(self, room: Room) -> None:
        """The document may hold what is not committed, so nobody may see it."""
