"""A semaphore that is passed on in turn between groups of waiting tasks."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class FairSemaphore:
    """At most so many tasks at a time; each group of those that wait is next in turn.

    With `asyncio.Semaphore` a newcomer waits behind everybody; here a newcomer of another group
    waits for one task of each group. For one event loop.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def hold(self, group: Hashable) -> AsyncIterator[None]:
        """Holds the semaphore over the block; waits for it first."""
        await self._acquire(group)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, group: Hashable) -> None:
        if self._free:
            self._free -= 1
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, deque()).append(granted)
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        while self._waiting:
            group, queue = self._waiting.popitem(last=False)
            granted = queue.popleft()
            if queue:
                self._waiting[group] = queue
            if not granted.done():  # else the task was cancelled while it waited
                granted.set_result(None)
                return
        self._free += 1
