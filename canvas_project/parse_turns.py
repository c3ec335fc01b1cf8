"""Whose bytes are parsed next while many connections send: in turn between networks."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from weakref import WeakKeyDictionary

from sync.scheduler import LoopScheduler, Work, scheduler_of


class ParseTurns:
    """Passes steps to a scheduler. Of several networks each has its turn, however many steps
    another one has waiting.
    """

    def __init__(self, scheduler: LoopScheduler) -> None:
        self._scheduler = scheduler
        self._steps: OrderedDict[str, deque[Callable[[], object]]] = OrderedDict()

    @property
    def is_busy(self) -> bool:
        """Whether others are waiting, of any kind of this work."""
        return self._scheduler.is_busy

    def add(self, network: str, step: Callable[[], object]) -> None:
        """Runs `step` soon."""
        self._steps.setdefault(network, deque()).append(step)
        self._scheduler.add(self._run_next)

    def _run_next(self) -> None:
        network, steps = self._steps.popitem(last=False)
        step = steps.popleft()
        if steps:
            self._steps[network] = steps  # at the end
        step()


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, ParseTurns] = WeakKeyDictionary()


def parse_turns() -> ParseTurns:
    """Those of the running event loop."""
    loop = asyncio.get_running_loop()
    turns = _of_loop.get(loop)
    if turns is None:
        turns = _of_loop[loop] = ParseTurns(scheduler_of(Work.INCOMING))
    return turns
