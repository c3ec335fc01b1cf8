"""Work that nobody waits for, but that must not get lost or fail silently."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

_P = ParamSpec("_P")
_T = TypeVar("_T")

logger = logging.getLogger(__name__)


CANCEL_AGAIN_SECONDS = 1.0


async def on_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Runs database work on a thread; a broken connection is dropped."""

    def run() -> _T:
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=False)()


async def ended(task: asyncio.Task[None]) -> None:
    """Cancels a task and returns when it has ended.

    Cancels again after a second: a library that is cancelled just as its call completes may swallow
    the cancellation, and a task that continues after every error would never end.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=CANCEL_AGAIN_SECONDS)


class Background:
    """Tasks of one owner, which waits for them before it ends."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Runs `work`; exceptions are logged."""
        task = asyncio.create_task(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self) -> None:
        """Returns when all tasks running now have ended."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _logged(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            logger.exception("background work failed")
