"""Who a socket is, and for how long: tickets, share links and sessions, at admission and later."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.tests.actors import by
from boards.account_deletion.services import Plan, account_delete
from boards.identity.tokens import issue_access_token, issue_ticket, link_token
from boards.levels import AccessLevel
from boards.models import Board, ShareLink, Visit
from boards.sharing.links import share_link_revoke
from boards.tests.factories import make_board, make_user
from sync.access.admission import admit, record_leave
from sync.access.refusals import EXPIRED_REASON, RefusedError
from sync.tests.admissions import code_of, level_now, make_link, request, signed_in, version
from sync.tests.conftest import Open
from sync.tests.yclient import ORIGIN, YClient, cookie_header, socket
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db


def test_a_socket_of_a_tokens_session_ends_with_the_token(board: Board, bob: User) -> None:
    token, ends_at = issue_access_token(bob)
    client = Client()
    client.get(f"/board/{board.pk}", {"token": token})
    admission = admit(request(board.pk, client=client))
    assert (admission.user_id, admission.expires_at) == (bob.pk, ends_at)
    other = make_board(bob)
    assert code_of(other.pk, client=client) == CloseCode.NOT_AUTHENTICATED


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
