"""Strangers can't fill the database with sessions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.oidc import provider
from accounts.tests.people import PASSWORD, client_of, make_user
from audit.models import AuditLog

NAMES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@pytest.fixture
def few(db: None, settings: Settings) -> int:
    settings.CANVAS_NEW_SESSIONS_PER_HOUR = 3
    return 3


def passkey(client: Client) -> HttpResponse:
    return client.get("/login/passkey", headers={"Accept": "application/json"})  # type: ignore[return-value]


def to_provider(client: Client) -> HttpResponse:
    return client.get("/login/provider")  # type: ignore[return-value]


@pytest.mark.parametrize("ask", [passkey, to_provider])
def test_so_many_of_a_network_begin_one(
    few: int,
    ask: Callable[[Client], HttpResponse],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.CANVAS_OIDC_ISSUER, settings.CANVAS_OIDC_CLIENT_ID = "https://id.example", "canvas"
    known = {"issuer": "https://id.example", **dict.fromkeys(NAMES, "https://id.example/x")}
    monkeypatch.setattr(provider.directory, "addresses", lambda: known)
    codes = [ask(Client()).status_code for _ in range(few + 2)]
    assert codes[-2:] == [429, 429]
    assert 429 not in codes[:few]
    assert Session.objects.count() == few
    assert ask(client_of(make_user("bob"))).status_code != 429, "who has one goes on"


def test_looking_at_pages_begins_none(db: None) -> None:
    for path in (
        "/",
        "/login",
        "/login/code",
        "/account/password/reset",
        "/account/email/x",
        "/setup",
    ):
        Client().get(path)
    Client().post("/account/password/reset", {"email": "kim@example.org"})
    Client().post("/login", {"username": "kim", "password": "x"})
    assert Session.objects.count() == 0


def test_one_account_does_not_fill_the_log_by_signing_in(alice: User, settings: Settings) -> None:
    settings.CANVAS_SIGN_INS_PER_HOUR = 3
    form = {"username": "alice", "password": PASSWORD}
    assert [Client().post("/login", form).status_code for _ in range(5)] == [302] * 3 + [429] * 2
    assert Session.objects.count() == 3
    assert AuditLog.objects.filter(action="auth_login").count() == 3
    for _ in range(3):
        assert Client().post("/login", {**form, "password": "wrong"}).status_code == 422
