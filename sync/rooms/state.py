"""The states of a room in the registry, from loading to closing.

loading → idle ⇄ active
   ↓       ↓       ↓
        closing
"""

import asyncio
import enum
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from sync import metrics
from sync.rooms.room import Room


class State(enum.Enum):
    """The state of a board in this process."""

    LOADING = "loading"
    """Its rows are being read; members and their frames wait."""
    IDLE = "idle"
    """In memory without members; a timer closes it, sooner if there are too many rooms."""
    ACTIVE = "active"
    """It has members."""
    CLOSING = "closing"
    """It has been given up; the next member gets a new room."""


_NEXT = {
    State.LOADING: {State.IDLE, State.CLOSING},
    State.IDLE: {State.ACTIVE, State.CLOSING},
    State.ACTIVE: {State.IDLE, State.CLOSING},
    State.CLOSING: set(),
}


class RoomEntry:
    """One entry of the registry; its state changes only along these arrows."""

    def __init__(self, board_id: UUID) -> None:
        self.board_id = board_id
        self.state = State.LOADING
        self.has_missed_updates = False
        """Whether another process sent something while the rows were being read."""
        self.waiting = 0
        """How many members will join as soon as it is loaded."""
        self._loading: asyncio.Task[None] | None = None
        self._room: Room | None = None
        self._timer: asyncio.TimerHandle | None = None
        metrics.ROOMS.labels(self.state.value).inc()

    @property
    def room(self) -> Room:
        """The room; only once it is loaded."""
        if self._room is None:
            raise RuntimeError("the board is not loaded yet")
        return self._room

    @property
    def is_loaded(self) -> bool:
        """Whether the room is loaded and not given up."""
        return self.state in (State.IDLE, State.ACTIVE)

    def load_by(self, task: asyncio.Task[None]) -> None:
        """Sets the task that reads the rows."""
        self._loading = task

    async def loaded(self) -> None:
        """Returns when the rows have been read; raises what that raised.

        A newcomer that gives up does not cancel the load for the others.
        """
        if self._loading is not None:
            self.waiting += 1
            try:
                await asyncio.shield(self._loading)
            finally:
                self.waiting -= 1

    def become_loaded(self, room: Room) -> None:
        """The rows have been read."""
        self._room = room
        self._become(State.IDLE)

    def become_active(self) -> None:
        """A member joined."""
        self._stop_timer()
        if self.state is not State.ACTIVE:
            self._become(State.ACTIVE)

    def become_idle(self, timer: asyncio.TimerHandle) -> None:
        """The last member left; `timer` will close the room."""
        self._stop_timer()
        self._timer = timer
        if self.state is not State.IDLE:
            self._become(State.IDLE)

    def become_closing(self) -> None:
        """The room is given up."""
        self._stop_timer()
        self._become(State.CLOSING)
        metrics.ROOMS.labels(State.CLOSING.value).dec()

    def _become(self, state: State) -> None:
        if state not in _NEXT[self.state]:
            raise RuntimeError(f"a room cannot go from {self.state.value} to {state.value}")
        metrics.ROOMS.labels(self.state.value).dec()
        metrics.ROOMS.labels(state.value).inc()
        self.state = state

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def rooms_to_close(entries: Iterable[RoomEntry], *, besides: RoomEntry) -> list[RoomEntry]:
    """The idle rooms to close early because there are too many or too large rooms.

    The first of `entries` come first: those that have been idle longest.
    """
    loaded = [entry for entry in entries if entry.is_loaded]
    count = len(loaded)
    size = sum(entry.room.document.size_bytes for entry in loaded)
    found = []
    for entry in loaded:
        if count <= settings.CANVAS_MAX_ROOMS and size <= settings.CANVAS_MAX_ROOM_BYTES:
            break
        if entry.state is State.IDLE and entry is not besides:
            count -= 1
            size -= entry.room.document.size_bytes
            found.append(entry)
    return found
