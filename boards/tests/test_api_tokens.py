"""Making tokens of programs by REST: not without a fresh password, and what their scopes cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken, SignIn
from boards.identity.tokens import issue_access_token
from boards.models import Board, Space
from boards.tests.factories import PASSWORD, client_of, make_board, make_user
from boards.tokens.choosing import chosen_scopes

LONG_AGO = timedelta(minutes=6)
NEW_TOKEN = {"name": "CI bot", "scopes": ["boards:edit"]}
pytestmark = pytest.mark.django_db


def make_token(client: Client) -> Any:
    return client.post("/api/v1/tokens", NEW_TOKEN, content_type="application/json")


def client_with(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_an_old_sign_in_makes_no_token(alice: User) -> None:
    client = client_of(alice)
    SignIn.objects.update(started_at=timezone.now() - LONG_AGO)
    refused = make_token(client)
    assert refused.status_code == 403
    assert "/account/confirm" in refused.json()["detail"]
    assert not ApiToken.objects.exists()
    assert client.post("/account/confirm", {"password": PASSWORD}).status_code == 302
    assert make_token(client).status_code == 201


def test_an_old_access_token_makes_no_token(alice: User) -> None:
    long_ago = timezone.now() - LONG_AGO
    with patch("django.utils.timezone.now", return_value=long_ago):
        old, _ = issue_access_token(alice)
    assert client_with(old).get("/api/v1/tokens").status_code == 200, "it is still valid"
    refused = make_token(client_with(old))
    assert refused.status_code == 403
    assert "auth/token" in refused.json()["detail"]
    assert not ApiToken.objects.exists()
    assert make_token(client_with(issue_access_token(alice)[0])).status_code == 201


def test_an_old_access_token_may_still_revoke(alice: User) -> None:
    made = make_token(client_of(alice)).json()
    with patch("django.utils.timezone.now", return_value=timezone.now() - LONG_AGO):
        old, _ = issue_access_token(alice)
    assert client_with(old).delete(f"/api/v1/tokens/{made['id']}").status_code == 204


def test_a_session_that_a_token_began_makes_no_token(board: Board, alice: User) -> None:
    client = client_of(None)
    token, _ = issue_access_token(alice)
    assert client.get(f"/board/{board.pk}", {"token": token}).status_code == 302
    assert make_token(client).status_code in (401, 403)
    assert not ApiToken.objects.exists()


def test_who_has_no_password_is_not_asked(alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    client = client_of(alice)
    SignIn.objects.update(started_at=timezone.now() - LONG_AGO)
    assert make_token(client).status_code == 201


def test_any_number_of_scopes_takes_the_same_queries(bob: User) -> None:
    owner = make_user("owner")
    spaces = [Space.objects.create(name=f"s{n}", owner=bob) for n in range(20)]
    boards = [make_board(owner, title=f"{n}") for n in range(20)]
    Board.objects.update(space=spaces[0])
    counts = set()
    for n in (1, 20):
        texts = [f"board:{one.pk}:read" for one in boards[:n]]
        texts += [f"space:{one.pk}:read" for one in spaces[:n]]
        with CaptureQueriesContext(connection) as queries:
            assert len(chosen_scopes(bob, texts)) == 2 * n
        counts.add(len(queries))
    assert len(counts) == 1
