"""A board opened with `?token=`: refused clearly, or exchanged for a session at once."""

from __future__ import annotations

import logging
import re
import time
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.tokens.services import token_create
from audit.models import AuditLog
from audit.tests.actors import by
from boards.identity.token_sessions import BOARDS_KEY
from boards.identity.tokens import issue_access_token
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import PASSWORD, client_of, make_board


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 5000])
def test_a_bad_token_is_refused_and_never_falls_back_to_the_session(
    board: Board, alice: User, token: str
) -> None:
    for client in (client_of(None), client_of(alice)):
        response = client.get(f"/board/{board.pk}", {"token": token})
        assert response.status_code == 401
        content = response.content.decode()
        assert "This link is not valid" in content
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
    assert 590 < client.session.get_expiry_age() <= 600
    page = client.get(f"/board/{board.pk}")
    assert page.status_code == 200
    row = AuditLog.objects.get(action="room_access")
    assert (row.actor, row.via) == (bob, "token")


def test_somebody_who_is_signed_in_is_asked_before_they_become_another(
    board: Board, bob: User, charlie: User
) -> None:
    bob.first_name = "Bob B."
    bob.save()
    client = client_of(charlie, enforce_csrf_checks=True)
    old_key = client.session.session_key
    token, _ = issue_access_token(bob)
    page = client.get(f"/board/{board.pk}", {"token": token})
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "strict-origin"
    content = page.content.decode()
    assert "charlie" in content
    assert "Bob B." in content
    assert client.session["_auth_user_id"] == str(charlie.pk)
    path = f"/board/{board.pk}/enter"
    assert client.post(path, {"token": token}).status_code == 403, "another site cannot agree"
    assert client.get(path).status_code == 405
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', content)
    assert csrf
    agreed = client.post(path, {"token": token, "csrfmiddlewaretoken": csrf[1]})
    assert agreed["Location"] == f"/board/{board.pk}"
    assert client.session["_auth_user_id"] == str(bob.pk)
    assert not client.session.exists(str(old_key))
    actions = AuditLog.objects.values_list("action", "actor__username")
    assert {("auth_logout", "charlie"), ("auth_login", "bob")} <= set(actions)


def test_a_token_of_oneself_leaves_ones_own_session_as_it_is(board: Board, bob: User) -> None:
    client = client_of(bob)
    key, age = client.session.session_key, client.session.get_expiry_age()
    token, _ = issue_access_token(bob)
    response = client.get(f"/board/{board.pk}", {"token": token})
    assert response["Location"] == f"/board/{board.pk}"
    assert (client.session.session_key, client.session.get_expiry_age()) == (key, age)
    assert client.get("/").status_code == 200


def test_the_session_of_a_token_is_nobodys_on_other_pages(
    board: Board, alice: User, bob: User
) -> None:
    other = make_board(alice, shared_with={bob: AccessLevel.EDIT})
    client = Client()
    client.get(f"/board/{board.pk}", {"token": issue_access_token(bob)[0]})
    assert client.get(f"/board/{board.pk}").status_code == 200
    assert client.get(f"/api/v1/boards/{board.pk}").status_code == 200
    assert client.get(f"/board/{other.pk}").status_code == 302
    assert client.get(f"/api/v1/boards/{other.pk}").status_code == 401
    assert client.get("/api/v1/boards").status_code == 401
    assert client.post("/api/v1/boards", {"title": "x"}, "application/json").status_code == 401
    assert client.get("/")["Location"].startswith("/login")
    client.get(f"/board/{other.pk}", {"token": issue_access_token(bob)[0]})
    for one in (board, other):
        assert client.get(f"/board/{one.pk}").status_code == 200
    client.post("/login", {"username": "bob", "password": PASSWORD})
    assert client.get("/").status_code == 200, "whoever signs in has a session of their own"


def test_the_session_of_a_token_ends_with_the_token(
    board: Board, bob: User, settings: Settings
) -> None:
    settings.CANVAS_ACCESS_TOKEN_SECONDS = 600
    client = Client()
    client.get(f"/board/{board.pk}", {"token": issue_access_token(bob)[0]})
    key = str(board.pk)
    ends_at = client.session[BOARDS_KEY][key]
    assert abs(client.session.get_expiry_date().timestamp() - ends_at) < 1
    session = client.session
    session["later"] = "a change of the session does not make it longer"
    session.save()
    assert abs(session.get_expiry_date().timestamp() - ends_at) < 1
    session[BOARDS_KEY] = {key: int(time.time())}
    session.save()
    assert client.get(f"/board/{board.pk}").status_code == 302
    assert client.get(f"/api/v1/boards/{board.pk}").status_code == 401


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


def test_the_token_of_a_program_opens_no_page(board: Board, alice: User) -> None:
    values = {"name": "CI bot", "scopes": ["boards:edit"], "expires_at": None}
    _, secret = token_create(user=alice, by=by(alice), **values)  # type: ignore[arg-type]
    for client in (client_of(None), client_of(alice)):
        response = client.get(f"/board/{board.pk}", {"token": secret})
        assert response.status_code == 401
        assert "This link is for a program" in response.content.decode()
        assert secret not in response.content.decode()
        assert board.title not in response.content.decode()
        posted = client.post(f"/board/{board.pk}/enter", {"token": secret})
        assert posted.status_code == 401
    assert "_auth_user_id" not in client_of(None).session


def test_a_token_is_shown_once_and_only_to_its_person(alice: User, bob: User) -> None:
    owner, other = client_of(alice), client_of(bob)
    body = {"name": "CI bot", "scopes": ["boards:edit", "boards:read"]}
    made = owner.post("/api/v1/tokens", body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["scopes"] == ["boards:edit"]
    assert made["Cache-Control"] == "no-store"
    secret, path = made.json()["token"], f"/api/v1/tokens/{made.json()['id']}"
    listed = owner.get("/api/v1/tokens")
    assert [one["name"] for one in listed.json()] == ["CI bot"]
    assert secret not in listed.content.decode()
    assert other.get("/api/v1/tokens").json() == []
    assert other.delete(path).status_code == 404
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/boards").status_code == 200
    for refused in (program.get("/api/v1/tokens"), program.delete(path)):
        assert refused.status_code == 403
    assert owner.delete(path).status_code == 204
    assert program.get("/api/v1/boards").status_code == 401


def test_scopes_name_what_one_may_open(board: Board, charlie: User) -> None:
    client = client_of(charlie)
    answers = []
    for one in (board.pk, "8c5e0c0e-5d0e-4b76-9a55-2e7f6c4ad001"):
        body = {"name": "x", "scopes": [f"board:{one}:read"]}
        response = client.post("/api/v1/tokens", body, content_type="application/json")
        answers.append((response.status_code, response.json()["detail"].replace(str(one), "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400


def test_a_token_is_limited(
    board: Board, alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A minute that ended in between would begin another count.
    monkeypatch.setattr("boards.limits.windows.time", SimpleNamespace(time=lambda: 1_000_000_030.0))
    settings.CANVAS_TOKEN_REQUESTS_PER_MINUTE = 3
    values = {"name": "CI bot", "scopes": ["boards:read"], "expires_at": None}
    _, secret = token_create(user=alice, by=by(alice), **values)  # type: ignore[arg-type]
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    codes = [program.get(f"/api/v1/boards/{board.pk}").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
