"""The states of a board in a process, and that they change along their arrows only."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from prometheus_client import REGISTRY

from boards.models import Board
from sync.rooms.process import rooms_of_this_process
from sync.rooms.state import RoomEntry, State
from sync.tests.conftest import Open


def timer() -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(60, lambda: None)


def counted(state: State) -> float:
    return REGISTRY.get_sample_value("canvas_rooms", {"state": state.value}) or 0.0


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_state_never_skips_another() -> None:
    entry = RoomEntry(uuid.uuid4())
    with pytest.raises(RuntimeError, match="not loaded"):
        _ = entry.room
    with pytest.raises(RuntimeError, match="from loading to active"):
        entry.become_active()
    entry.become_closing()
    for change in (entry.become_active, lambda: entry.become_idle(timer()), entry.become_closing):
        with pytest.raises(RuntimeError, match="from closing"):
            change()


@pytest.mark.django_db(transaction=True)
async def test_a_load_that_cannot_begin_leaves_the_place_to_the_next(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = rooms_of_this_process()

    async def join(board_id: UUID) -> None:
        raise ConnectionError(board_id)

    entry = rooms._entries[board.pk] = RoomEntry(board.pk)
    with monkeypatch.context() as patch:
        patch.setattr(rooms._bus, "join", join)
        entry.load_by(asyncio.create_task(rooms._load(entry)))
        with pytest.raises(ConnectionError):
            await entry.loaded()
    client = await connect(board, alice)
    assert rooms._entries[board.pk].state is State.ACTIVE
    await client.close()


@pytest.mark.django_db(transaction=True)
async def test_a_board_goes_from_loading_over_active_and_idle_to_closing(
    board: Board, alice: User, connect: Open, settings: Any
) -> None:
    before = {state: counted(state) for state in State}
    settings.CANVAS_ROOM_IDLE_SECONDS = 3600
    client = await connect(board, alice)
    entry = rooms_of_this_process()._entries[board.pk]
    assert entry.is_loaded
    assert counted(State.ACTIVE) == before[State.ACTIVE] + 1
    await client.close()
    await until(lambda: entry.state is State.IDLE)
    again = await connect(board, alice)
    assert rooms_of_this_process()._entries[board.pk] is entry
    await again.close()
    rooms_of_this_process()._unload(entry)
    async with asyncio.timeout(5):
        while entry.state is not State.CLOSING:
            rooms_of_this_process()._unload(entry)
            await asyncio.sleep(0)
    assert {state: counted(state) for state in State} == before
