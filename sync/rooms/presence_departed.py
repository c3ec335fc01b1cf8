"""The clocks that others are told, and the clients that others were told are gone."""

import time
from collections.abc import Container
from typing import NamedTuple

CLOCKS_PER_SECOND = 32
"""More than the ticks per second, so that a clock never runs ahead of time. Clocks fit into 32 bits
until 2030, which matters to a few clients.
"""
ECHO_SECONDS = 60
"""How long a stock client may take to echo what it was sent."""
MAX_DEPARTED = 1000
_EPOCH_SECONDS = 1_767_225_600  # 2026-01-01


def clock_now() -> int:
    """The time as a clock; the same in every process."""
    return int((time.time() - _EPOCH_SECONDS) * CLOCKS_PER_SECOND)


def is_echo_of(told: int, clock: int) -> bool:
    """Whether a state at `clock` may be what others were told before, the last time at `told`."""
    return told - ECHO_SECONDS * CLOCKS_PER_SECOND <= clock <= told


class Departed(NamedTuple):
    """A client that others were told is gone."""

    clock: int
    at: float
    was_here: bool
    """Whether a socket of this process announced it; then this process tells the others."""


class DepartedClients:
    """The last ones that left, for as long as a client may echo them."""

    def __init__(self) -> None:
        self._by_id: dict[int, Departed] = {}

    def __bool__(self) -> bool:
        return bool(self._by_id)

    def get(self, client_id: int) -> Departed | None:
        """The client, if it left lately."""
        return self._by_id.get(client_id)

    def add(self, client_id: int, clock: int, *, was_here: bool) -> None:
        """Adds a client as the last one; the first ones make room."""
        self._by_id.pop(client_id, None)
        self._by_id[client_id] = Departed(clock, time.monotonic(), was_here)
        while len(self._by_id) > MAX_DEPARTED:
            del self._by_id[next(iter(self._by_id))]

    def expire(self, besides: Container[int]) -> None:
        """Forgets those that left too long ago to be echoed, except `besides`."""
        oldest = time.monotonic() - ECHO_SECONDS
        for client_id, departed in list(self._by_id.items()):
            if departed.at < oldest and client_id not in besides:
                del self._by_id[client_id]
