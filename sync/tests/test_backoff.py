"""Clients that are closed and reconnect at once wait longer and longer; others don't."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditLog
from boards.models import Board
from canvas_project.asgi import application
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.sockets import backoff
from sync.sockets.backoff import FREE_ENDS, Backoff
from sync.sockets.visitors import FREE_ENDS_OF_AN_ADDRESS
from sync.tests.conftest import Open
from sync.tests.yclient import HOST, ORIGIN, cookie_header, socket, token_query
from sync.wire.close_codes import CloseCode
from sync.wire.frames import encode_step1


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def visits(ends: Backoff, clock: Clock, seconds: float, every: float) -> int:
    """How often a client is admitted that is closed at once and reconnects all the time."""
    let_in, until = 0, clock.now + seconds
    while clock.now < until:
        if not ends.is_too_soon(["a"]):
            let_in += 1
            ends.count(["a"])
        clock.now += every
    return let_in


def test_a_client_in_a_loop_ends_at_one_visit_a_minute() -> None:
    clock = Clock()
    ends = Backoff(clock)
    assert visits(ends, clock, 20 * 60, 0.1) <= 1.3 * backoff.FREE_ENDS + 30
    assert 5 <= visits(ends, clock, 10 * 60, 0.1) <= 11
    assert not ends.is_too_soon(["b"])


@pytest.mark.parametrize("every", [0.1, 2.5])
def test_so_does_one_that_waits_as_the_usual_libraries_do(every: float) -> None:
    """y-websocket comes back after 2.5 seconds at most, for ever."""
    clock = Clock()
    ends = Backoff(clock)
    assert visits(ends, clock, 60 * 60, every) <= 3 * backoff.FREE_ENDS
    assert visits(ends, clock, 10 * 60, every) <= 11


def test_a_network_that_flaps_for_an_hour_costs_no_wait() -> None:
    """A connection every half a minute, each lost again after a few seconds."""
    clock = Clock()
    ends = Backoff(clock)
    for _ in range(120):
        assert not ends.is_too_soon(["a"])
        ends.count(["a"], seconds=5)
        clock.now += 30


def test_a_few_quiet_minutes_forgive() -> None:
    clock = Clock()
    ends = Backoff(clock)
    visits(ends, clock, 600, 0.1)
    clock.now += 300
    assert not ends.is_too_soon(["a"])
    ends.count(["a"])
    assert not ends.is_too_soon(["a"])


def test_long_visits_count_for_nothing() -> None:
    clock = Clock()
    ends = Backoff(clock)
    for _ in range(1000):
        ends.count(["a"], seconds=61)
    assert not ends.is_too_soon(["a"])


def test_many_clients_cost_bounded_memory() -> None:
    ends = Backoff(lambda: 0.0)
    for number in range(backoff.MAX_KEYS + 500):
        ends.count([number])
    assert len(ends._ends) == backoff.MAX_KEYS


@pytest.mark.django_db(transaction=True)
async def test_who_is_closed_for_a_bad_frame_is_sent_away_without_an_audit_row(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    codes: list[int | None] = []
    rows = 0
    for _ in range(2 * backoff.FREE_ENDS):
        before = await AuditLog.objects.acount()
        # With a token of its own each time: it is the person who comes back.
        communicator = socket(board.pk, query=await sync_to_async(token_query)(alice))
        assert (await communicator.connect())[0]
        await communicator.send_to(bytes_data=b"\xff\xff\xff")
        while (event := await communicator.receive_output())["type"] != "websocket.close":
            pass
        codes.append(event["code"])
        await communicator.disconnect()
        rows = await AuditLog.objects.acount() - before
        if event["code"] == CloseCode.TOO_MANY:
            break
    assert codes[0] == CloseCode.MALFORMED
    assert codes[-1] == CloseCode.TOO_MANY
    assert rows == 0
    await connect(board, bob)  # somebody else is let in


@pytest.mark.django_db(transaction=True)
async def test_credentials_that_are_refused_again_and_again_are_not_looked_up(
    board: Board, charlie: User
) -> None:
    query = await sync_to_async(token_query)(charlie)
    codes = []
    for _ in range(2 * backoff.FREE_ENDS):
        communicator = socket(board.pk, query=query)
        assert (await communicator.connect())[0]
        codes.append((await communicator.receive_output())["code"])
        if codes[-1] == CloseCode.TOO_MANY:
            break
    assert codes[0] == CloseCode.NO_PERMISSION
    assert codes[-1] == CloseCode.TOO_MANY


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("room", ["drawing", str(uuid.UUID(int=1))[:-1]])
async def test_a_room_name_that_is_no_board_id_gets_a_reason(room: str) -> None:
    for kind in ("canvas", "events"):
        communicator = WebsocketCommunicator(application, f"/ws/{kind}/{room}", headers=[HOST])
        assert (await communicator.connect())[0]
        event = await communicator.receive_output()
        assert event["code"] == CloseCode.BOARD_GONE
        assert "UUID" in event["reason"]


async def _let_in(
    board: Board, headers: list[tuple[bytes, bytes]], kind: str, number: int
) -> WebsocketCommunicator:
    """A socket that was sent something; `number` tells which attempt it was."""
    communicator = WebsocketCommunicator(application, f"/ws/{kind}/{board.pk}?a=1", headers=headers)
    assert (await communicator.connect())[0]
    if kind == "canvas":
        await communicator.send_to(bytes_data=encode_step1(b"\0"))
    event = await communicator.receive_output(timeout=5)
    assert event["type"] == "websocket.send", (number, event)
    return communicator


@pytest.mark.django_db(transaction=True)
async def test_who_reloads_a_page_or_has_a_bad_network_is_always_let_in(
    board: Board, bob: User
) -> None:
    """Thirty reloads and twenty lost connections, faster than anybody could."""
    client = Client()
    await sync_to_async(client.force_login)(bob)
    headers = [HOST, ORIGIN, cookie_header(client)]
    for number in range(50):
        for kind in ("canvas", "events"):
            communicator = await _let_in(board, headers, kind, number)
            await communicator.disconnect(code=1001 if number < 30 else 1006)
    await close_rooms()


@pytest.mark.django_db(transaction=True)
async def test_who_is_moved_to_another_server_again_and_again_is_always_let_in(
    board: Board, bob: User
) -> None:
    client = Client()
    await sync_to_async(client.force_login)(bob)
    headers = [HOST, ORIGIN, cookie_header(client)]
    for number in range(FREE_ENDS + 10):
        communicator = await _let_in(board, headers, "canvas", number)
        rooms_of_this_process().board_goes_home(board.pk)
        event: dict[str, Any] = {"type": "websocket.send"}
        while event["type"] == "websocket.send":
            event = await communicator.receive_output(timeout=5)
        assert event["code"] == CloseCode.RESTARTING
        await communicator.disconnect(code=4500)
    await close_rooms()


def test_thirty_people_behind_one_address_who_come_back_at_once_are_let_in() -> None:
    """After a restart, and again after another one."""
    clock = Clock()
    ends = Backoff(clock)
    for _ in range(2):
        for _ in range(30 * 2):
            assert not ends.is_too_soon(["address"])
            ends.count(["address"], free=FREE_ENDS_OF_AN_ADDRESS)
            clock.now += 0.01
