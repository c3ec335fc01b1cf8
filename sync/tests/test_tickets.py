"""Tickets open one socket of one board, and end with what they came from."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from audit.models import AuditLog
from boards.identity.tokens import (
    TokenError,
    issue_access_token,
    issue_ticket,
    link_token,
    redeem_ticket,
)
from boards.levels import AccessLevel
from boards.models import Board, SocketTicket
from boards.tests.factories import make_board
from sync.access.admission import admit
from sync.tests.admissions import code_of, level_now, make_link, request, signed_in
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db

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
