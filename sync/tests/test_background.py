"""Ending tasks that resist cancellation."""

import asyncio
from typing import Any

import pytest

from sync.rooms import background
from sync.rooms.background import ended
from sync.rooms.bus import Bus
from sync.rooms.news import News
from sync.rooms.process import rooms_of_this_process


async def test_a_task_that_swallows_a_cancellation_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "CANCEL_AGAIN_SECONDS", 0.01)
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(ended(task), 5)
    assert task.done()


@pytest.mark.django_db(transaction=True)
async def test_the_bus_ends_though_its_layer_swallows_a_cancellation(
    board: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a layer does whose answer fails in the moment in which it is cancelled."""
    monkeypatch.setattr(background, "CANCEL_AGAIN_SECONDS", 0.01)
    rooms = rooms_of_this_process()
    bus = Bus(News({}, rooms.hub, rooms), "process")
    swallowed = False

    async def receive(channel: str) -> dict[str, object]:
        nonlocal swallowed
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if swallowed:
                raise
            swallowed = True
            raise ConnectionError("gone") from None
        return {}

    monkeypatch.setattr(bus._layer, "receive", receive)
    await bus.join(board.pk)
    await asyncio.sleep(0)
    closing = asyncio.create_task(bus.close())
    await asyncio.wait({closing}, timeout=5)
    assert swallowed
    assert closing.done()
