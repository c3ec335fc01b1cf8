"""The channel layer between simulated processes: it may delay, reorder, repeat and lose messages.

Without faults it does what Channels' layer in memory does; `faithfulness.py` compares the two.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from channels.exceptions import ChannelFull

from proof.simulation.loops import SimulatedLoop
from proof.simulation.scheduler import Scheduler

Message = dict[str, Any]
CAPACITY = 100
"""Messages that wait in one channel, as in Channels' default."""


class Layer:
    """Groups and channels of all processes, and what goes wrong with messages."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.longest_seconds = 0.0
        """How long a message is on its way at most; with 0 all arrive at once and in order."""
        self.lost = 0.0
        """Share of the messages that never arrive."""
        self.repeated = 0.0
        """Share of the messages that arrive twice."""
        self.capacity = CAPACITY
        self._groups: dict[str, dict[str, None]] = {}
        self._queues: dict[str, deque[Message]] = {}
        self._arrivals: dict[str, asyncio.Future[None]] = {}
        self._channels = 0

    def new_channel(self, prefix: str) -> str:
        """A channel that nobody else has."""
        self._channels += 1
        return f"{prefix}!{self._channels}"

    def add(self, group: str, channel: str) -> None:
        """Adds a channel to a group."""
        self._groups.setdefault(group, {})[channel] = None

    def discard(self, group: str, channel: str) -> None:
        """Removes a channel from a group."""
        channels = self._groups.get(group, {})
        channels.pop(channel, None)
        if not channels:
            self._groups.pop(group, None)

    def members(self, group: str) -> list[str]:
        """The channels of a group."""
        return list(self._groups.get(group, ()))

    def forward(self, channel: str, message: Message) -> None:
        """Sends a message on its way: it arrives now or later, once, twice or never."""
        chance = self.scheduler.random.random
        if self.lost and chance() < self.lost:
            self.scheduler.note("layer lost", channel, message["type"])
            return
        times = 2 if self.repeated and chance() < self.repeated else 1
        for _ in range(times):
            copy = dict(message)
            if not self.longest_seconds:
                self._arrive(channel, copy)
            else:
                seconds = self.longest_seconds * chance() ** 4
                self.scheduler.after(
                    seconds,
                    lambda copy=copy: self._arrive(channel, copy),  # type: ignore[misc]
                )

    def _arrive(self, channel: str, message: Message) -> None:
        queue = self._queues.setdefault(channel, deque())
        if len(queue) < self.capacity:
            queue.append(message)
            self._tell(channel)

    def is_full(self, channel: str) -> bool:
        """Whether nothing more fits into a channel."""
        return len(self._queues.get(channel, ())) >= self.capacity

    def _tell(self, channel: str) -> None:
        arrival = self._arrivals.get(channel)
        if arrival is not None and not arrival.done():
            arrival.set_result(None)

    async def take(self, channel: str) -> Message:
        """The next message of a channel; waits for it."""
        queue = self._queues.setdefault(channel, deque())
        while not queue:
            arrival = asyncio.get_running_loop().create_future()
            self._arrivals[channel] = arrival
            await arrival
        return queue.popleft()


class LayerDownError(ConnectionError):
    """The layer can't be reached."""


class LayerOfProcess:
    """One process's end of the layer, with the interface of Channels' layers."""

    def __init__(self, layer: Layer, loop: SimulatedLoop) -> None:
        self._layer = layer
        self._loop = loop
        self.is_down = False
        """Every call fails."""
        self._thawed: asyncio.Future[None] | None = None

    def freeze(self) -> None:
        """No call is answered until `thaw`."""
        if self._thawed is None:
            self._thawed = self._loop.create_future()

    def thaw(self) -> None:
        """Everything goes on."""
        if self._thawed is not None:
            self._thawed.set_result(None)
            self._thawed = None

    async def _reach(self) -> None:
        if self.is_down:
            raise LayerDownError
        if self._thawed is not None:
            await asyncio.shield(self._thawed)

    async def new_channel(self, prefix: str) -> str:
        await self._reach()
        return self._layer.new_channel(prefix)

    async def group_add(self, group: str, channel: str) -> None:
        await self._reach()
        self._layer.add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._reach()
        self._layer.discard(group, channel)

    async def group_send(self, group: str, message: Message) -> None:
        await self._reach()
        for channel in self._layer.members(group):
            self._layer.forward(channel, message)

    async def send(self, channel: str, message: Message) -> None:
        """Raises ChannelFull."""
        await self._reach()
        if self._layer.is_full(channel):
            raise ChannelFull
        self._layer.forward(channel, message)

    async def receive(self, channel: str) -> Message:
        await self._reach()
        return await self._layer.take(channel)
