"""A semaphore that is passed on in turn between groups of waiting tasks."""

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

MAX_GROUPS = 10_000
"""Of groups that are remembered; a forgotten one counts as new."""


class FairSemaphore:
    """At most so many tasks at a time; each group of those that wait is next in turn.

    With `asyncio.Semaphore` a newcomer waits behind everybody; here a newcomer of another group
    waits for one task of each group. A group that has taken few turns lately has up to `ahead`
    tasks that wait for nobody but others of its like. For one event loop.

    Each task gets the number of the round in which it is next: the one after the last task of its
    group, but at most `ahead` rounds before the current one.
    """

    def __init__(self, at_once: int, *, ahead: int = 0) -> None:
        self._free = at_once
        self._ahead = ahead
        self._round = 0
        self._count = 0
        self._next_round: OrderedDict[Hashable, int] = OrderedDict()
        self._waiting: list[tuple[int, int, asyncio.Future[bool]]] = []

    @property
    def is_wanted(self) -> bool:
        """Whether tasks are waiting."""
        return bool(self._waiting)

    @asynccontextmanager
    async def hold(self, group: Hashable) -> AsyncIterator[None]:
        """Holds the semaphore over the block; waits for it first."""
        await self.acquire(group)
        try:
            yield
        finally:
            self.release()

    async def acquire(self, group: Hashable) -> bool:
        """Waits for the semaphore; `release` has to follow.

        Returns whether its group took fewer turns lately than others did.
        """
        earliest = self._round - self._ahead
        turn = max(self._next_round.pop(group, earliest), earliest)
        self._next_round[group] = turn + 1
        if len(self._next_round) > MAX_GROUPS:
            self._next_round.popitem(last=False)
        if self._free:
            self._free -= 1
            return self._begin(turn)
        granted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._waiting, (turn, self._count, granted))
        try:
            return await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.release()
            raise

    def release(self) -> None:
        """Passes the semaphore on."""
        while self._waiting:
            turn, _, granted = heapq.heappop(self._waiting)
            if not granted.done():  # else the task was cancelled while it waited
                granted.set_result(self._begin(turn))
                return
        self._free += 1

    def _begin(self, turn: int) -> bool:
        is_ahead = turn < self._round
        self._round = max(self._round, turn)
        return is_ahead
