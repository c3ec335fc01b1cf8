"""The history that is simulated now, and its time and random numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from proof.simulation.database import Database
from proof.simulation.layer import LayerOfProcess
from proof.simulation.loops import SimulatedLoop, sleep
from proof.simulation.scheduler import Scheduler

EPOCH = 1_780_000_000.0
THREAD_SECONDS = 0.0002
"""Processor time that passes between two looks at it."""


class Present:
    """The history that is simulated now."""

    scheduler: Scheduler
    database: Database
    layers: dict[SimulatedLoop, LayerOfProcess]
    thread_seconds = 0.0


class Time:
    """What the engine takes from the module `time`."""

    @staticmethod
    def monotonic() -> float:
        return Present.scheduler.now

    @staticmethod
    def time() -> float:
        return EPOCH + Present.scheduler.now

    @staticmethod
    def thread_time() -> float:
        Present.thread_seconds += THREAD_SECONDS
        return Present.thread_seconds

    sleep = staticmethod(sleep)


def now() -> datetime:
    """`timezone.now`."""
    return datetime.fromtimestamp(EPOCH + Present.scheduler.now, UTC)


def uuid4() -> UUID:
    """`uuid.uuid4`, the same ones for the same seed."""
    return UUID(int=Present.scheduler.random.getrandbits(128), version=4)
