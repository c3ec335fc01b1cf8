"""Holds back commits, and says what is stored, for tests of rooms."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from boards.models import Board
from sync.storage import store
from sync.storage.batches import Batch
from sync.storage.log import read_stored
from sync.tests.yclient import TIMEOUT


async def stored_content(board: Board) -> dict[str, Any]:
    """What a start from the rows would show."""
    await board.arefresh_from_db()
    stored = await sync_to_async(read_stored)(board.pk, board.head_seq)
    return dict(stored.document().content()["elements"])


async def eventually(condition: Callable[[], bool]) -> None:
    """Lets the event loop run until the condition holds."""
    async with asyncio.timeout(TIMEOUT):
        while not condition():  # noqa: ASYNC110  what is awaited is inside the engine
            await asyncio.sleep(0.01)


class Gate:
    """Holds every commit until it is opened; then lets them do what they did before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()
        real = store._commit

        def held(batches: list[Batch]) -> list[store.Outcome]:
            self.reached.set()
            assert self.opened.wait(2 * TIMEOUT)
            return real(batches)

        monkeypatch.setattr(store, "_commit", held)

    async def until_reached(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, TIMEOUT)
