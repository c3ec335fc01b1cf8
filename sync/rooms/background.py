"""Work that nobody waits for, but that must neither be lost nor fail in silence."""

import asyncio
import logging
from collections.abc import Coroutine

logger = logging.getLogger(__name__)


CANCEL_AGAIN_SECONDS = 1.0


async def ended(task: asyncio.Task[None]) -> None:
    """Cancels a task and returns when it has ended.

    Asks again after a second: a library that is cancelled at the moment in which it gets or fails
    may swallow that, and a task that goes on after every error would be waited for without end.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=CANCEL_AGAIN_SECONDS)


class Background:
    """Tasks of one owner, who ends by waiting for them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Runs `work`; what it raises is logged."""
        task = asyncio.create_task(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self) -> None:
        """Returns when everything that runs now has ended."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _logged(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            logger.exception("background work failed")
