"""A server that is back calls home the boards that came to others while it was away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from channels.layers import get_channel_layer
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.tests.actors import by
from boards.lifecycle.basics import board_create
from boards.models import Board
from canvas_project import homecoming
from canvas_project.homecoming import Homecoming
from sync.models import ConnectedCount
from sync.rooms import connected
from sync.rooms.background import on_thread
from sync.rooms.bus import HOME, group_of
from sync.rooms.connected import boards_elsewhere, connected_now
from sync.rooms.process import is_open_here, rooms_of_this_process
from sync.rooms.registry import Rooms
from sync.tests.conftest import Open
from sync.wire.close_codes import CloseCode

HERE, THERE = "here:8000", "there:8000"


@pytest_asyncio.fixture
async def rooms(settings: Settings) -> AsyncIterator[Rooms]:
    """Of a server that may have others beside it."""
    settings.SERVER_NAME = THERE
    rooms = rooms_of_this_process()
    rooms._bus.has_others = True
    yield rooms


async def _call_home(rooms: Rooms, board: Board, server: str) -> None:
    message = {"type": HOME, "board": board.pk.hex, "server": server}
    await rooms._bus._layer.group_send(group_of(board.pk), message)


@pytest.mark.django_db(transaction=True)
async def test_people_are_sent_to_the_server_that_calls_and_lose_nothing(
    board: Board, alice: User, connect: Open, rooms: Rooms
) -> None:
    client = await connect(board, alice)
    assert is_open_here(board.pk)
    await client.draw("last", type="rectangle")
    await _call_home(rooms, board, HERE)
    async with asyncio.timeout(5):
        while client.close_code is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert client.close_code == CloseCode.RESTARTING
    again = await connect(board, alice)
    assert again.ids() == {"last"}


@pytest.mark.django_db(transaction=True)
async def test_the_server_that_calls_keeps_its_own_people(
    board: Board, alice: User, connect: Open, rooms: Rooms
) -> None:
    client = await connect(board, alice)
    await _call_home(rooms, board, THERE)
    await client.draw("after", type="rectangle")
    await client.until_saved()
    assert client.close_code is None


def _has(server: str, settings: Settings, board: Board, people: int = 2) -> None:
    settings.SERVER_NAME = server
    connected._write(uuid4(), {board.pk: (people, people)})


@pytest.mark.django_db(transaction=True)
def test_a_board_is_elsewhere_if_this_server_had_it_and_another_has_it(
    board: Board, settings: Settings
) -> None:
    _has(THERE, settings, board)
    settings.SERVER_NAME = HERE
    assert boards_elsewhere() == []
    _has(HERE, settings, board)  # by a process that was killed
    assert boards_elsewhere() == [board.pk]
    assert _elsewhere_of(THERE, settings) == [board.pk]


def _elsewhere_of(server: str, settings: Settings) -> list[object]:
    settings.SERVER_NAME = server
    return list(boards_elsewhere())


@pytest.mark.django_db(transaction=True)
def test_a_server_that_shut_down_remembers_its_boards_for_an_hour(
    board: Board, settings: Settings
) -> None:
    settings.SERVER_NAME = HERE
    process = uuid4()
    connected._write(process, {board.pk: (2, 3)})
    connected._write(process, {})
    assert not connected_now().exists()
    _has(THERE, settings, board)
    assert _elsewhere_of(HERE, settings) == [board.pk]
    ConnectedCount.objects.filter(process=process).update(
        renewed_at=timezone.now() - timedelta(minutes=61)
    )
    assert boards_elsewhere() == []
    connected._write(uuid4(), {})
    assert not ConnectedCount.objects.filter(process=process).exists()


@pytest.mark.django_db(transaction=True)
def test_a_server_does_not_call_what_it_has_sent_home(board: Board, settings: Settings) -> None:
    settings.SERVER_NAME = THERE
    process = uuid4()
    connected._write(process, {board.pk: (2, 2)})
    connected._write(process, {}, {board.pk})
    _has(HERE, settings, board)
    assert _elsewhere_of(THERE, settings) == []


@pytest.mark.django_db(transaction=True)
def test_what_came_back_after_it_was_sent_home_is_counted(board: Board, settings: Settings) -> None:
    settings.SERVER_NAME = THERE
    process = uuid4()
    connected._write(process, {board.pk: (2, 2)}, {board.pk})
    assert [row.people for row in connected_now()] == [2]


@pytest.mark.django_db(transaction=True)
def test_servers_that_do_not_say_where_they_listen_are_left_alone(
    board: Board, settings: Settings
) -> None:
    """uvicorn, for instance, and those of the version before, which know no such call."""
    _has("", settings, board)
    _has("", settings, board)
    assert _elsewhere_of("", settings) == []
    _has(HERE, settings, board)
    assert _elsewhere_of(HERE, settings) == []


class _Started:
    """A server that listens."""

    started = True


def _elsewhere(settings: Settings, count: int, owner: User) -> list[UUID]:
    boards = [board_create(owner=owner, title="Far away", by=by(owner)) for _ in range(count)]
    for server in (HERE, THERE):
        settings.SERVER_NAME = server
        connected._write(uuid4(), {board.pk: (2, 2) for board in boards})
    settings.SERVER_NAME = HERE
    return sorted(board.pk for board in boards)


async def _called_at(boards: list[UUID], homecoming: Homecoming) -> list[list[UUID]]:
    """Which boards are called at each of the first looks."""
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    for board_id in boards:
        await layer.group_add(group_of(board_id), channel)
    looks = []
    for _ in range(3):
        await on_thread(homecoming.look)
        await layer.send(channel, {"type": "over"})
        called = []
        while (message := await layer.receive(channel))["type"] == HOME:
            assert message["server"] == HERE
            called.append(UUID(message["board"]))
        looks.append(called)
    return looks


@pytest.mark.django_db(transaction=True)
async def test_a_proxy_that_does_not_bring_them_is_asked_about_one_board_at_a_time(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homecoming, "PROBE_SECONDS", 0.1)
    boards = await on_thread(_elsewhere, settings, 5, alice)
    one, other, third = await _called_at(boards, Homecoming(_Started()))
    assert [one, other, third] == [boards[:1], boards[1:2], boards[2:3]]


@pytest.mark.django_db(transaction=True)
async def test_once_people_come_all_others_are_called(
    alice: User, settings: Settings, connect: Open
) -> None:
    boards = await on_thread(_elsewhere, settings, 5, alice)
    await connect(await Board.objects.aget(pk=boards[0]), alice)
    assert await _called_at(boards, Homecoming(_Started())) == [boards, [], []]
