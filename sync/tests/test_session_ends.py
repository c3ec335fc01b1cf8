"""What ends a session ends its sockets, also in the middle of an admission."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from audit.models import AuditLog
from audit.retention import audit_prune
from audit.tests.actors import by
from boards.models import Board, LiveConnection
from boards.tests.factories import make_board
from canvas_project.asgi import application
from sync.access import admission as admissions
from sync.access.admission import admit
from sync.access.handshake import Request
from sync.access.identity import authenticate
from sync.access.refusals import RefusedError
from sync.programs.maintenance import board_disconnect
from sync.rooms import announce, upkeep
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.tests.admitted import request_of, signed_in
from sync.tests.conftest import Open
from sync.tests.yclient import HOST, ORIGIN, cookie_header, token_query
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def listening(board: Board, client: Client) -> WebsocketCommunicator:
    communicator = WebsocketCommunicator(
        application,
        f"/ws/events/{board.pk}?a=1",
        headers=[HOST, ORIGIN, await sync_to_async(cookie_header)(client)],
    )
    assert (await communicator.connect())[0]
    while "type" not in await communicator.receive_json_from(timeout=5):
        pass
    return communicator


async def closed(communicator: WebsocketCommunicator, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while (await communicator.receive_output(timeout=seconds))["type"] != "websocket.close":
            pass


End = Callable[[Client, User], Any]


def end_session(client: Client, user: User) -> None:
    client.post("/logout")


def change_password(client: Client, user: User) -> None:
    user.set_password("another one, and long")
    user.save()


def switch_off(client: Client, user: User) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize("end", [end_session, change_password, switch_off])
async def test_what_ends_a_session_ends_its_sockets_without_the_audit_log_or_the_bus(
    board: Board, bob: User, monkeypatch: pytest.MonkeyPatch, end: End
) -> None:
    client = await sync_to_async(signed_in)(bob)
    socket = await listening(board, client)
    soon = timezone.now() + timedelta(seconds=1)
    await sync_to_async(audit_prune)(before=soon)
    monkeypatch.setattr("sync.receivers.announce_to_all", lambda *_, **__: None)
    await sync_to_async(end)(client, bob)
    await closed(socket, 2.5)
    await socket.disconnect()
    await close_rooms()
    assert not await LiveConnection.objects.aexists()


async def test_a_disconnection_that_was_not_announced_is_found_by_polling(
    board: Board, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await listening(board, await sync_to_async(signed_in)(bob))
    monkeypatch.setattr("sync.receivers.announce", lambda *_, **__: None)
    await sync_to_async(board_disconnect)(board=board, by=by(alice))
    await closed(socket, 2.5)
    await socket.disconnect()
    back = await listening(board, await sync_to_async(signed_in)(bob))
    await rooms_of_this_process().access.refresh(board.pk)
    assert await back.receive_nothing(0.1)  # nobody who came back since is closed again
    await back.disconnect()
    await close_rooms()


async def test_a_session_that_just_expires_ends_its_sockets(
    board: Board, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "KEEP_ALIVE_TICKS", 1)
    socket = await listening(board, await sync_to_async(signed_in)(bob))
    await Session.objects.aupdate(expire_date=timezone.now())
    await closed(socket, 4)
    await socket.disconnect()
    await close_rooms()


class _Frozen:
    async def group_send(self, *_: Any) -> None:
        await asyncio.sleep(60)


@pytest.mark.parametrize("end", [end_session, change_password, switch_off])
def test_a_frozen_layer_delays_a_sign_out_once_and_not_for_every_board(
    alice: User, monkeypatch: pytest.MonkeyPatch, end: End
) -> None:
    client = signed_in(alice)
    boards = [make_board(alice) for _ in range(20)]
    for board in boards:
        admit(request_of(board, client=client))
    monkeypatch.setattr(announce, "get_channel_layer", _Frozen)
    monkeypatch.setattr(announce, "LAYER_SECONDS", 0.2)
    monkeypatch.setattr(announce._Outage, "until", 0.0)  # and so it is again for the next test
    started = time.monotonic()
    end(client, alice)
    assert time.monotonic() - started < len(boards) * 0.2 / 2
    before = {board.pk: board.access_version for board in boards}
    assert all(board.access_version > before[board.pk] for board in Board.objects.all())


def test_a_sign_out_in_the_middle_of_an_admission_wins(
    board: Board, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sign-out finds no connection yet; so the admission checks again once there is one."""
    client, real = signed_in(bob), admissions._record_access

    def late(*args: Any) -> None:
        client.post("/logout")
        real(*args)

    monkeypatch.setattr(admissions, "_record_access", late)
    with pytest.raises(RefusedError) as caught:
        admit(request_of(board, client=client))
    assert caught.value.code == CloseCode.NOT_AUTHENTICATED
    assert not LiveConnection.objects.exists()
    assert visits() == {"room_access": 1, "room_leave": 1}


def test_so_does_one_between_the_session_and_the_board(
    board: Board, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The access version is read before the session that it is to be compared for."""
    client = signed_in(bob)

    def late(request: Request) -> Any:
        identity = authenticate(request)
        Session.objects.all().delete()
        Board.objects.filter(pk=board.pk).update(access_version=99)
        return identity

    monkeypatch.setattr(admissions, "authenticate", late)
    with pytest.raises(RefusedError):
        admit(request_of(board, client=client))


def visits() -> dict[str, int]:
    rows = AuditLog.objects.filter(action__in=("room_access", "room_leave"))
    actions = list(rows.values_list("action", flat=True))
    return {action: actions.count(action) for action in set(actions)}


async def test_every_access_has_its_leave(
    board: Board, alice: User, connect: Open, settings: Any
) -> None:
    settings.CANVAS_MAX_SOCKETS_PER_USER = 2
    first = await connect(board, alice)
    query = await sync_to_async(token_query)(alice, "a=1")
    opened = []
    for _ in range(3):
        communicator = WebsocketCommunicator(
            application, f"/ws/events/{board.pk}?{query}", headers=[HOST]
        )
        assert (await communicator.connect())[0]
        opened.append((communicator, await communicator.receive_output(timeout=5)))
    refused = [event["code"] for _, event in opened if event["type"] == "websocket.close"]
    assert refused == [CloseCode.TOO_MANY] * 2
    for communicator, _ in opened:
        await communicator.disconnect()
    await first.close()
    await close_rooms()
    assert await sync_to_async(visits)() == {"room_access": 1, "room_leave": 1}


async def test_a_board_that_cannot_be_loaded_leaves_a_leave_too(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync.storage.log import LogDamagedError

    async def damaged(*_: Any) -> Awaitable[None]:
        raise LogDamagedError("rows are missing")

    monkeypatch.setattr("sync.storage.store.Store.load", damaged)
    query = await sync_to_async(token_query)(alice, "a=1")
    communicator = WebsocketCommunicator(
        application, f"/ws/canvas/{board.pk}?{query}", headers=[HOST]
    )
    await communicator.connect()
    await closed(communicator, 5)
    await communicator.wait()
    await close_rooms()
    assert await sync_to_async(visits)() == {"room_access": 1, "room_leave": 1}
