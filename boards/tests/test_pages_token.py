"""A board opened with ``?token=``: refused clearly, or exchanged for a session at once."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditLog
from boards.models import Board
from boards.tests.factories import client_of
from boards.tokens import issue_access_token


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 5000])
def test_a_bad_token_is_refused_and_never_falls_back_to_the_session(
    board: Board, alice: User, token: str
) -> None:
    for client in (client_of(None), client_of(alice)):
        response = client.get(f"/board/{board.pk}", {"token": token})
        assert response.status_code == 401
        content = response.content.decode()
        assert "This link is not accepted" in content
        assert board.title not in content
        assert not token or token not in content
        assert response["Referrer-Policy"] == "strict-origin"
        assert "no-store" in response["Cache-Control"]
    row = AuditLog.objects.first()
    assert row is not None
    assert (row.action, row.outcome, row.via) == ("room_access_denied", "denied", "token")


def test_a_token_of_a_stranger_opens_nothing(board: Board, charlie: User) -> None:
    token, _ = issue_access_token(charlie)
    response = Client().get(f"/board/{board.pk}", {"token": token}, follow=True)
    assert response.status_code == 404


def test_a_good_token_becomes_a_session_and_leaves_the_address(board: Board, bob: User) -> None:
    client = Client()
    token, _ = issue_access_token(bob)
    response = client.get(f"/board/{board.pk}", {"token": token, "x": "1"})
    assert response.status_code == 302
    assert response["Location"] == f"/board/{board.pk}"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert 0 < client.session.get_expiry_age() <= 8 * 60 * 60
    page = client.get(f"/board/{board.pk}")
    assert page.status_code == 200
    row = AuditLog.objects.get(action="room_access")
    assert (row.actor, row.via) == (bob, "token")


def test_a_token_replaces_the_session_of_somebody_else(
    board: Board, bob: User, charlie: User
) -> None:
    client = client_of(charlie)
    token, _ = issue_access_token(bob)
    client.get(f"/board/{board.pk}", {"token": token})
    assert client.session["_auth_user_id"] == str(bob.pk)


def test_a_token_is_written_nowhere(
    board: Board, bob: User, caplog: pytest.LogCaptureFixture
) -> None:
    token, _ = issue_access_token(bob)
    bad = token[:-4] + "AAAA"
    with caplog.at_level(logging.DEBUG):
        client = Client()
        client.get(f"/board/{board.pk}", {"token": bad})
        client.get(f"/board/{board.pk}", {"token": token}, follow=True)
    signature = token.rsplit(".", 1)[1][:20]
    assert signature not in caplog.text
    assert signature not in str(list(AuditLog.objects.values()))
    assert signature not in str(dict(client.session.items()))
