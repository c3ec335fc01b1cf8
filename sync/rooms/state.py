"""The states of a room in the registry, from the first who asks for it until it is let go.

loading → idle ⇄ active
   ↓       ↓       ↓
        closing
"""

import asyncio
import enum
from uuid import UUID

from sync import metrics
from sync.rooms.room import Room


class State(enum.Enum):
    """Where a board stands in this process."""

    LOADING = "loading"
    """Its rows are read; whoever comes waits, their frames wait in their sockets."""
    IDLE = "idle"
    """In memory with nobody in it; a timer lets it go, sooner when there are too many."""
    ACTIVE = "active"
    """Somebody is in it."""
    CLOSING = "closing"
    """It has been given up; whoever comes now gets a new one."""


_NEXT = {
    State.LOADING: {State.IDLE, State.CLOSING},
    State.IDLE: {State.ACTIVE, State.CLOSING},
    State.ACTIVE: {State.IDLE, State.CLOSING},
    State.CLOSING: set(),
}


class RoomEntry:
    """One entry of the registry; its state changes only along the arrows."""

    def __init__(self, board_id: UUID) -> None:
        self.board_id = board_id
        self.state = State.LOADING
        self.has_missed_updates = False
        """Whether another process sent something while the rows were read."""
        self.waiting = 0
        """How many are about to come in as soon as it is loaded."""
        self._loading: asyncio.Task[None] | None = None
        self._room: Room | None = None
        self._timer: asyncio.TimerHandle | None = None
        metrics.ROOMS.labels(self.state.value).inc()

    @property
    def room(self) -> Room:
        """The room, once it is loaded."""
        if self._room is None:
            raise RuntimeError("the board is not loaded yet")
        return self._room

    @property
    def is_loaded(self) -> bool:
        """Whether there is a room to be in."""
        return self.state in (State.IDLE, State.ACTIVE)

    def load_by(self, task: asyncio.Task[None]) -> None:
        """Says which task reads the rows."""
        self._loading = task

    async def loaded(self) -> None:
        """Returns when the rows have been read; raises what that raised.

        One newcomer that gives up does not take the load from the others.
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
        """Somebody came in."""
        self._stop_timer()
        if self.state is not State.ACTIVE:
            self._become(State.ACTIVE)

    def become_idle(self, timer: asyncio.TimerHandle) -> None:
        """Nobody is in it; `timer` will let it go."""
        self._stop_timer()
        self._timer = timer
        if self.state is not State.IDLE:
            self._become(State.IDLE)

    def become_closing(self) -> None:
        """It is given up."""
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
