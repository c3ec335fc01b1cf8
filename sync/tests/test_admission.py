"""Who a socket is, and for how long: tickets, share links and sessions, at admission and later."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.origin import SYSTEM_ORIGIN
from audit.tests.actors import by
from boards.access.resolve import Entry
from boards.account_deletion.services import Plan, account_delete
from boards.identity.tokens import (
    TokenError,
    issue_access_token,
    issue_ticket,
    link_token,
    redeem_ticket,
)
from boards.levels import AccessLevel
from boards.models import Board, ShareLink, SocketTicket, Visit
from boards.sharing.links import share_link_create, share_link_revoke
from boards.tests.factories import PASSWORD, make_board, make_user
from sync.access.admission import Admission, admit, record_leave
from sync.access.handshake import Request
from sync.access.refusals import EXPIRED_REASON, RefusedError
from sync.tests.conftest import Open, access_now
from sync.tests.yclient import ORIGIN, YClient, cookie_header, socket
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db


def request(board_id: uuid.UUID, *, token: str | None = None, client: Client | None = None) -> Any:
    cookie = client.cookies.get(django_settings.SESSION_COOKIE_NAME) if client else None
    return Request(
        board_id=board_id,
        token=token,
        session_key=cookie.value if cookie else None,
        entry=Entry.BOARD,
        wants_edit=False,
        wants_saved=True,
        origin=SYSTEM_ORIGIN,
    )


def code_of(board_id: uuid.UUID, **credentials: Any) -> CloseCode:
    with pytest.raises(RefusedError) as caught:
        admit(request(board_id, **credentials))
    return caught.value.code


def make_link(board: Board, **values: Any) -> ShareLink:
    values.setdefault("level", AccessLevel.EDIT)
    return share_link_create(board=board, by=by(board.owner), **values)


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def level_now(admission: Admission) -> AccessLevel | None:
    access = access_now(admission)
    return access.level if access else None


def version(board: Board) -> int:
    return Board.objects.values_list("access_version", flat=True).get(pk=board.pk)


# --- tickets


def test_a_ticket_is_for_one_socket_of_one_board(board: Board, alice: User) -> None:
    other = make_board(alice)
    ticket, _ = issue_ticket(board.pk, alice)
    assert code_of(other.pk, token=ticket) == CloseCode.NOT_AUTHENTICATED
    ticket, _ = issue_ticket(board.pk, alice)
    admission = admit(request(board.pk, token=ticket))
    assert (admission.user_id, admission.via) == (alice.pk, "ticket")
    assert admission.expires_at is None
    assert code_of(board.pk, token=ticket) == CloseCode.NOT_AUTHENTICATED
    reasons = [row.data["reason"] for row in AuditLog.objects.filter(outcome="denied")]
    assert sorted(reasons) == ["other_board", "used"]


def test_a_ticket_ends_with_the_session_it_came_from(board: Board, bob: User) -> None:
    path = f"/api/v1/boards/{board.pk}/ticket"
    client = signed_in(bob)
    before, used = (client.post(path).json()["ticket"] for _ in range(2))
    admission = admit(request(board.pk, token=used))
    assert level_now(admission) == AccessLevel.EDIT
    client.post("/logout")
    assert code_of(board.pk, token=before) == CloseCode.NOT_AUTHENTICATED
    assert level_now(admission) is None, "nor does the socket stay that it has opened"


def test_a_ticket_of_an_ended_session_makes_nobody_a_guest(alice: User, bob: User) -> None:
    """Although everybody may open the board: what counts is who asked for the ticket."""
    board = make_board(alice, public=AccessLevel.EDIT)
    client = signed_in(bob)
    ticket = client.post(f"/api/v1/boards/{board.pk}/ticket").json()["ticket"]
    assert admit(request(board.pk)).user_id is None
    client.post("/logout")
    assert code_of(board.pk, token=ticket) == CloseCode.NOT_AUTHENTICATED


def test_a_guests_ticket_ends_with_their_session(board: Board) -> None:
    client = Client()
    client.get(f"/board/{board.pk}", {"token": link_token(make_link(board))})
    ticket = client.post(f"/api/v1/boards/{board.pk}/ticket").json()["ticket"]
    client.session.flush()
    assert code_of(board.pk, token=ticket) == CloseCode.NOT_AUTHENTICATED


def test_a_ticket_of_a_token_ends_with_the_token(board: Board, bob: User) -> None:
    token, ends_at = issue_access_token(bob)
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/api/v1/boards/{board.pk}/ticket"
    ticket = Client(headers=headers).post(path).json()["ticket"]
    assert admit(request(board.pk, token=ticket)).expires_at == ends_at


def test_a_socket_of_a_tokens_session_ends_with_the_token(board: Board, bob: User) -> None:
    token, ends_at = issue_access_token(bob)
    client = Client()
    client.get(f"/board/{board.pk}", {"token": token})
    admission = admit(request(board.pk, client=client))
    assert (admission.user_id, admission.expires_at) == (bob.pk, ends_at)
    other = make_board(bob)
    assert code_of(other.pk, client=client) == CloseCode.NOT_AUTHENTICATED


def test_a_used_ticket_is_never_forgotten(board: Board, alice: User) -> None:
    """No matter how many others are issued and used."""
    ticket, _ = issue_ticket(board.pk, alice)
    admit(request(board.pk, token=ticket))
    for _ in range(400):
        redeem_ticket(issue_ticket(board.pk, alice)[0])
    assert code_of(board.pk, token=ticket) == CloseCode.NOT_AUTHENTICATED
    assert not SocketTicket.objects.exists()


def test_of_two_who_come_with_one_ticket_at_once_one_is_let_in(board: Board, alice: User) -> None:
    """The second comes when the first has seen the ticket and not yet used it up."""
    ticket, _ = issue_ticket(board.pk, alice)
    came_between: list[bool] = []

    def between(execute: Any, sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if sql.startswith("SELECT") and "session_key" in sql and not came_between:
            came_between.append(True)
            assert redeem_ticket(ticket).user == alice
        return answer

    with connection.execute_wrapper(between), pytest.raises(TokenError, match="used"):
        redeem_ticket(ticket)
    assert came_between


@pytest.mark.parametrize("seconds", [-1, -5, -60])
def test_a_token_that_ended_says_so_at_once_and_later(
    board: Board, alice: User, settings: Settings, seconds: int
) -> None:
    settings.CANVAS_ACCESS_TOKEN_SECONDS = seconds
    token, _ = issue_access_token(alice)
    for _ in range(2):
        with pytest.raises(RefusedError) as refused:
            admit(request(board.pk, token=token))
        assert refused.value.code == CloseCode.NOT_AUTHENTICATED
        assert refused.value.reason == EXPIRED_REASON


def test_a_ticket_dies_with_the_password_and_the_account(board: Board, alice: User) -> None:
    tickets = [issue_ticket(board.pk, alice)[0] for _ in range(2)]
    alice.set_password("another one")
    alice.save()
    assert code_of(board.pk, token=tickets[0]) == CloseCode.NOT_AUTHENTICATED
    ticket, _ = issue_ticket(board.pk, alice)
    alice.is_active = False
    alice.save()
    assert code_of(board.pk, token=ticket) == CloseCode.NOT_AUTHENTICATED


def test_an_old_ticket_is_refused(board: Board, alice: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("boards.identity.tokens.TICKET_SECONDS", -11)
    ticket, _ = issue_ticket(board.pk, alice)
    assert code_of(board.pk, token=ticket) == CloseCode.NOT_AUTHENTICATED


def test_a_ticket_gives_no_more_than_its_person_has(board: Board, charlie: User) -> None:
    ticket, _ = issue_ticket(board.pk, charlie)
    assert code_of(board.pk, token=ticket) == CloseCode.NO_PERMISSION


def test_rest_gives_tickets_to_who_sees_the_board(board: Board, bob: User, charlie: User) -> None:
    path = f"/api/v1/boards/{board.pk}/ticket"
    assert Client().post(path).status_code == 401
    assert signed_in(charlie).post(path).status_code == 404
    answer = signed_in(bob).post(path)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert admit(request(board.pk, token=answer.json()["ticket"])).user_id == bob.pk
    row = AuditLog.objects.get(action="token_issue", board_id=board.pk)
    assert (row.actor, row.data) == (bob, {"audience": "canvas:ws", "seconds": 60})


def test_a_guest_with_a_link_gets_a_ticket_with_that_link(board: Board) -> None:
    client = Client()
    client.get(f"/board/{board.pk}", {"token": link_token(make_link(board))})
    ticket = client.post(f"/api/v1/boards/{board.pk}/ticket").json()["ticket"]
    admission = admit(request(board.pk, token=ticket))
    assert (admission.user_id, admission.access.level) == (None, AccessLevel.EDIT)


# --- share links


def test_a_link_with_a_password_opens_no_socket_by_itself(board: Board) -> None:
    token = link_token(make_link(board, password="open sesame"))
    assert code_of(board.pk, token=token) == CloseCode.NOT_AUTHENTICATED


def test_a_link_of_another_board_opens_nothing(board: Board, alice: User) -> None:
    token = link_token(make_link(board))
    assert code_of(make_board(alice).pk, token=token) == CloseCode.NOT_AUTHENTICATED


@pytest.mark.parametrize("by_session", [False, True])
def test_a_link_counts_as_its_row_is_now(board: Board, by_session: bool) -> None:
    link = make_link(board, expires_at=timezone.now() + timedelta(hours=1))
    client = Client()
    client.get(f"/board/{board.pk}", {"token": link_token(link)})
    credentials: dict[str, Any] = {"client": client} if by_session else {"token": link_token(link)}
    admission = admit(request(board.pk, **credentials))
    assert (admission.via, admission.access.level) == ("link", AccessLevel.EDIT)
    assert admission.expires_at == link.expires_at
    row = AuditLog.objects.get(action="room_access")
    assert (row.via, row.share_link_id, row.connection_id) == (
        "link",
        link.pk,
        admission.connection_id,
    )
    ShareLink.objects.update(level="view")
    assert level_now(admission) == AccessLevel.VIEW
    ShareLink.objects.update(expires_at=timezone.now())
    assert level_now(admission) == AccessLevel.NONE
    ShareLink.objects.update(expires_at=None)
    assert level_now(admission) == AccessLevel.VIEW
    share_link_revoke(link=link, by=by(board.owner))
    assert level_now(admission) == AccessLevel.NONE


# --- sessions and accounts


def test_signing_out_ends_the_socket_of_that_session_alone(board: Board, bob: User) -> None:
    here, there = signed_in(bob), signed_in(bob)
    first, second = (admit(request(board.pk, client=client)) for client in (here, there))
    by_token = admit(request(board.pk, token=issue_access_token(bob)[0]))
    before = version(board)
    here.post("/logout")
    assert version(board) == before + 1
    assert level_now(first) is None
    assert level_now(second) == AccessLevel.EDIT
    assert level_now(by_token) == AccessLevel.EDIT


def test_a_changed_password_ends_every_socket(board: Board, bob: User) -> None:
    admissions = [
        admit(request(board.pk, client=signed_in(bob))),
        admit(request(board.pk, token=issue_access_token(bob)[0])),
        admit(request(board.pk, token=issue_ticket(board.pk, bob)[0])),
    ]
    before = version(board)
    bob.set_password("another one")
    bob.save()
    assert version(board) == before + 1
    assert [level_now(admission) for admission in admissions] == [None] * 3


def test_a_switched_off_account_ends_every_socket(board: Board, bob: User) -> None:
    admissions = [
        admit(request(board.pk, client=signed_in(bob))),
        admit(request(board.pk, token=issue_access_token(bob)[0])),
    ]
    bob.is_active = False
    bob.save()
    assert [level_now(admission) for admission in admissions] == [None, None]


def test_signing_out_reaches_boards_of_staff_and_of_the_public(dana: User, alice: User) -> None:
    """They have no row of theirs on them: the audit log knows where they are."""
    opened, other = make_board(alice), make_board(alice)
    client = signed_in(dana)
    admit(request(opened.pk, client=client))
    before = version(opened), version(other)
    client.post("/logout")
    assert (version(opened), version(other)) == (before[0] + 1, before[1])


def test_somebody_else_in_the_same_browser_is_not_the_same_person(board: Board, bob: User) -> None:
    client = signed_in(bob)
    admission = admit(request(board.pk, client=client))
    other = make_user("other")
    session = client.session
    session["_auth_user_id"] = str(other.pk)
    session.save()
    assert level_now(admission) is None


def test_leaving_is_recorded_beside_coming(
    board: Board, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    admission = admit(request(board.pk, client=signed_in(bob)))
    left_at = Visit.objects.get().opened_at + timedelta(seconds=12.9)
    monkeypatch.setattr("boards.visits.record.timezone", SimpleNamespace(now=lambda: left_at))
    record_leave(admission, close_code=1001, updates=3, bytes_in=99)
    row = AuditLog.objects.get(action="room_leave")
    assert (row.actor, row.via, row.board_title) == (bob, "session", board.title)
    assert row.connection_id == admission.connection_id
    assert row.data == {
        "duration_seconds": 12,
        "updates_sent": 3,
        "bytes_in": 99,
        "close_code": 1001,
    }


# --- the same on live sockets


@pytest.mark.django_db(transaction=True)
async def test_revoking_a_link_closes_the_live_socket(board: Board, connect: Open) -> None:
    link = await sync_to_async(make_link)(board)
    guest: YClient = await connect(board, None, f"saved=1&token={link_token(link)}")
    await guest.draw("e1", type="rectangle")
    await guest.until_saved()
    await sync_to_async(share_link_revoke)(link=link, by=by(board.owner))
    assert await guest.until_closed() == CloseCode.NOT_AUTHENTICATED


@pytest.mark.django_db(transaction=True)
async def test_signing_out_closes_the_live_socket(board: Board, bob: User, connect: Open) -> None:
    client = await sync_to_async(signed_in)(bob)
    await connect(board, board.owner)  # its fixture ends the rooms
    communicator = socket(board.pk, headers=[ORIGIN, cookie_header(client)])
    assert (await communicator.connect())[0]
    await communicator.send_to(bytes_data=frames.encode_step1(b"\x00"))
    assert (await communicator.receive_from())[:2] == b"\x00\x01"
    await sync_to_async(client.post)("/logout")
    for _ in range(20):
        event = await communicator.receive_output(5)
        if event["type"] == "websocket.close":
            break
    assert event["code"] in (CloseCode.NO_PERMISSION, CloseCode.NOT_AUTHENTICATED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_own", [True, False])
async def test_a_deleted_account_closes_its_sockets_and_writes_no_more(
    board: Board, alice: User, bob: User, connect: Open, is_own: bool
) -> None:
    """Its own board goes on with whoever gets it, whose page becomes the owner's."""
    place = await sync_to_async(make_board)(
        bob if is_own else alice, shared_with={alice if is_own else bob: AccessLevel.EDIT}
    )
    leaver, stays = await connect(place, bob), await connect(place, alice)
    await leaver.draw("e1", type="rectangle")
    await stays.draw("e2", type="rectangle")
    await leaver.until_saved()
    await stays.until_saved()
    await sync_to_async(account_delete)(user=bob, plan=Plan(alice), by=by(bob))
    head = (await Board.objects.aget(pk=place.pk)).head_seq
    await leaver.send(frames.encode_update(leaver.edit("e1", n=2)))
    closed = await leaver.until_closed()
    assert closed in (CloseCode.NO_PERMISSION, CloseCode.NOT_AUTHENTICATED)
    assert (await Board.objects.aget(pk=place.pk)).head_seq == head
    await stays.draw("e3", type="rectangle")


@pytest.mark.django_db(transaction=True)
async def test_a_board_deleted_with_its_account_closes_everybodys_socket(
    alice: User, bob: User, connect: Open
) -> None:
    place = await sync_to_async(make_board)(bob, shared_with={alice: AccessLevel.EDIT})
    stays = await connect(place, alice)
    await stays.draw("e1", type="rectangle")
    await sync_to_async(account_delete)(user=bob, plan=Plan(None), by=by(bob))
    assert await stays.until_closed() == CloseCode.BOARD_GONE
