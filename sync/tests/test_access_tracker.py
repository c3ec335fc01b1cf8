"""Nobody admitted before a revocation stays connected, on either kind of socket."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditLog
from audit.origin import SYSTEM_ORIGIN
from audit.retention import audit_prune
from audit.tests.actors import by
from boards.access.resolve import Entry
from boards.access.subjects import Subject
from boards.identity.tokens import issue_access_token, link_token
from boards.levels import AccessLevel
from boards.models import Board, LiveConnection
from boards.sharing.links import share_link_create
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.tests.factories import PASSWORD, make_board, make_user
from canvas_project.asgi import application
from sync.access import admission as admissions
from sync.access import reauthorize
from sync.access.admission import Admission, admit
from sync.access.handshake import Request
from sync.access.identity import authenticate
from sync.access.refusals import RefusedError
from sync.programs.maintenance import board_disconnect
from sync.rooms import announce, upkeep
from sync.rooms.events import Listener
from sync.rooms.member import Member
from sync.rooms.registry import close_rooms, rooms_of_this_process
from sync.rooms.transport import AsgiTransport
from sync.tests.conftest import Open, access_now
from sync.tests.yclient import HOST, ORIGIN, cookie_header, token_query
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


def request_of(
    board: Board, *, user: User | None = None, client: Client | None = None, token: str = ""
) -> Request:
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value if client else None
    return Request(
        board_id=board.pk,
        token=issue_access_token(user)[0] if user else token or None,
        session_key=cookie,
        entry=Entry.BOARD,
        wants_edit=False,
        wants_saved=False,
        origin=SYSTEM_ORIGIN,
    )


async def let_in(board: Board, user: User) -> Admission:
    return await sync_to_async(lambda: admit(request_of(board, user=user)))()


async def revoke(board: Board, user: User) -> None:
    await sync_to_async(permission_revoke)(
        board=board, subject=Subject(user=user), by=by(board.owner)
    )


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


async def send_nowhere(event: dict[str, Any]) -> None:
    """A socket that takes everything."""


async def until(condition: Callable[[], bool], seconds: float) -> float:
    """Waits until it holds; returns how long that took."""
    started = time.monotonic()
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return time.monotonic() - started


async def test_a_listener_let_in_before_a_revocation_and_added_after_it_is_closed(
    board: Board, alice: User, bob: User
) -> None:
    rooms = rooms_of_this_process()
    await rooms.listen(Listener(send_nowhere, await let_in(board, alice)))
    late = Listener(send_nowhere, await let_in(board, bob))
    await revoke(board, bob)
    await rooms.access.refresh(board.pk)  # what the message of the revocation does
    await rooms.listen(late)
    assert late.close_code == CloseCode.NO_PERMISSION
    await close_rooms()


async def test_so_is_one_that_is_the_first_of_its_board_here(board: Board, bob: User) -> None:
    """This process was not told about the revocation: polling finds it."""
    late = Listener(send_nowhere, await let_in(board, bob))
    await revoke(board, bob)
    await rooms_of_this_process().listen(late)
    await until(lambda: late.close_code is not None, 2.5)
    await close_rooms()


async def test_a_member_let_in_before_a_revocation_and_added_after_it_is_closed(
    board: Board, alice: User, bob: User
) -> None:
    rooms = rooms_of_this_process()
    await rooms.join(
        Member(AsgiTransport(send_nowhere), await let_in(board, alice), outbox_bytes=1)
    )
    late = Member(AsgiTransport(send_nowhere), await let_in(board, bob), outbox_bytes=1)
    await revoke(board, bob)
    await rooms.access.refresh(board.pk)
    await rooms.join(late)
    assert late.close_code == CloseCode.NO_PERMISSION
    await close_rooms()


async def test_an_older_answer_never_follows_a_newer_one(
    board: Board, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes at once: the answer to the second never arrives before the slow answer to the
    first.
    """
    rooms, real = rooms_of_this_process(), reauthorize.resolve_all
    member = Member(AsgiTransport(send_nowhere), await let_in(board, bob), outbox_bytes=1)
    await rooms.join(member)
    read, go_on, asked = asyncio.Event(), asyncio.Event(), list[int]()

    async def slow(*args: Any) -> Any:
        answer = await real(*args)
        asked.append(1)
        if len(asked) == 1:
            read.set()
            await go_on.wait()
        return answer

    monkeypatch.setattr("sync.access.tracker.resolve_all", slow)
    first = asyncio.create_task(rooms.access.refresh(board.pk))
    await read.wait()
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=bob), level=AccessLevel.VIEW, by=by(alice)
    )
    others = [asyncio.create_task(rooms.access.refresh(board.pk)) for _ in range(20)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(first, *others)
    assert not member.can_edit
    assert len(asked) <= 4  # those who wait share one answer
    await close_rooms()


def many_admissions(board: Board, owner: User, count: int) -> list[Admission]:
    group, link = (
        Group.objects.create(name=f"team {count}"),
        share_link_create(board=board, by=by(owner), level=AccessLevel.COMMENT),
    )
    board.permissions.create(group=group, level="edit")
    admitted = []
    for number in range(count):
        user = make_user(f"user{count}x{number}")
        user.groups.add(group)
        admitted += [
            admit(request_of(board, user=user)),
            admit(request_of(board, client=signed_in(user))),
            admit(request_of(board, token=link_token(link))),
        ]
    return admitted


def queries_of(board: Board, some: list[Admission], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(reauthorize, "close_old_connections", lambda: None)
    with CaptureQueriesContext(connection) as queries:
        _, answers = reauthorize._resolve_all(board.pk, some)
    assert len(answers) == len(some)
    assert all(access for access, _ in answers)
    return len(queries)


def test_a_full_board_takes_as_many_queries_as_a_small_one(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = many_admissions(board, alice, 2), many_admissions(board, alice, 20)
    assert queries_of(board, few, monkeypatch) == queries_of(board, many, monkeypatch) <= 6


def test_all_at_once_are_told_what_each_alone_would_be(
    board: Board, alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reauthorize, "close_old_connections", lambda: None)
    admitted = many_admissions(board, alice, 4)
    admitted += [admit(request_of(board, user=alice)), admit(request_of(board, user=board.owner))]

    def agree() -> list[Any]:
        _, answers = reauthorize._resolve_all(board.pk, admitted)
        together = [access for access, _ in answers]
        assert together == [access_now(one) for one in admitted]
        return together

    assert all(agree())
    users = list(User.objects.filter(username__startswith="user4x").order_by("pk"))
    users[0].groups.clear()
    users[1].set_password("another one")
    users[1].save()
    users[2].is_active = False
    users[2].save()
    Session.objects.filter(
        session_key__in=[one.session_key for one in admitted if one.user_id == users[3].pk]
    ).delete()
    board.share_links.update(revoked_at=timezone.now())
    assert [access is not None and access.can_view for access in agree()].count(True) == 3
    Board.objects.filter(pk=board.pk).update(deleted_at=timezone.now())
    agree()


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
    assert time.monotonic() - started < 1.0
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
