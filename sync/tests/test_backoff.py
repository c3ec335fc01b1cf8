"""Who is closed and comes back at once waits longer and longer; everybody else does not."""

import uuid

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User

from audit.models import AuditLog
from boards.models import Board
from canvas_project.asgi import application
from sync import backoff
from sync.backoff import Backoff
from sync.close_codes import CloseCode
from sync.tests.conftest import Open
from sync.tests.yclient import HOST, socket, token_query


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def visits(ends: Backoff, clock: Clock, seconds: float, every: float) -> int:
    """How often a client is let in that is closed at once and knocks again all the time."""
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
    for _ in range(backoff.FREE_ENDS + 6):
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
    for _ in range(backoff.FREE_ENDS + 4):
        communicator = socket(board.pk, query=query)
        assert (await communicator.connect())[0]
        codes.append((await communicator.receive_output())["code"])
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
