"""Signing in by a header of a trusted proxy, through which alice and bob come."""

from __future__ import annotations

import ipaddress
import logging
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.handlers.asgi import ASGIRequest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.identities.said import IdentityRefusedError
from accounts.models import SignIn
from accounts.proxy_header import headers
from accounts.proxy_header.people import account_named
from accounts.tests.people import make_user
from audit.actions import AuditVia
from audit.actor import Actor
from audit.models import AuditLog
from audit.origin import SYSTEM_ORIGIN

PROXY = "10.0.0.5"
ELSEWHERE = "198.51.100.7"
PAGE = "/account/security"
PAGES = "text/html,*/*"


@pytest.fixture(autouse=True)
def proxy(db: None, settings: Settings) -> None:
    """A proxy that says everything it can; there is an administrator already."""
    settings.CANVAS_PROXY_USER_HEADER = "X-Remote-User"
    settings.CANVAS_PROXY_EMAIL_HEADER = "X-Remote-Email"
    settings.CANVAS_PROXY_NAME_HEADER = "X-Remote-Name"
    settings.CANVAS_PROXY_GROUPS_HEADER = "X-Remote-Groups"
    settings.CANVAS_PROXY_ADDRESSES = [ipaddress.ip_network("10.0.0.0/29")]
    headers._logged.clear()
    make_user("dana", is_superuser=True)


class Browser(Client):
    """A browser whose requests come from a peer, with what it says of the person."""

    def ask(
        self, user: str = "", path: str = PAGE, peer: str = PROXY, accept: str = PAGES, **said: str
    ) -> str:
        """The username signed in after the request, or an empty string."""
        sent = {f"X-Remote-{key.title()}": value for key, value in said.items()}
        if user:
            sent["X-Remote-User"] = user
        sent["Accept"] = accept
        self.response = self.get(path, headers=sent, REMOTE_ADDR=peer)
        if not self.cookies.get("sessionid"):
            return ""  # asking for the session would begin one
        number = self.session.get("_auth_user_id")
        return User.objects.get(pk=number).username if number else ""


def test_the_header_of_a_listed_proxy_signs_in() -> None:
    said = {"email": "Alice@Example.org", "name": "Alice Wöhr".encode().decode("latin-1")}
    browser = Browser()
    assert browser.ask("alice", groups="design, sales", **said) == "alice"
    assert browser.response.status_code == 200
    alice = User.objects.get(username="alice")
    assert (alice.get_full_name(), alice.email) == ("Alice Wöhr", "alice@example.org")
    assert set(alice.groups.values_list("name", flat=True)) == {"design", "sales"}
    assert not alice.has_usable_password()
    assert SignIn.objects.get().via == "proxy"
    rows = AuditLog.objects.filter(via="proxy").values_list("action", flat=True)
    assert set(rows) == {"auth_sign_up", "auth_groups_change", "auth_login"}
    assert browser.ask("alice", groups="design, sales", **said) == "alice"
    assert Session.objects.count() == 1, "the next request has the same session"


@pytest.mark.parametrize("peer", [ELSEWHERE, "10.0.0.8", "::1", "", "10.0.0.5, 10.0.0.5"])
def test_a_header_from_elsewhere_is_ignored_and_logged_once(
    peer: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser()
    with caplog.at_level(logging.WARNING, "accounts.proxy_header.headers"):
        for _ in range(3):
            assert browser.ask("dana", peer=peer) == ""
            assert browser.response.status_code == 302
    assert len([one for one in caplog.records if "is ignored" in one.message]) == 1


def test_an_address_in_another_header_is_not_the_peer(settings: Settings) -> None:
    settings.CANVAS_TRUSTED_PROXY_HOPS = 1
    sent = {"X-Remote-User": "dana", "X-Forwarded-For": PROXY, "Accept": "text/html"}
    browser = Browser()
    assert browser.get(PAGE, headers=sent, REMOTE_ADDR=ELSEWHERE).status_code == 302
    assert "_auth_user_id" not in browser.session


def test_without_the_setting_the_header_is_nothing(settings: Settings) -> None:
    settings.CANVAS_PROXY_USER_HEADER = ""
    assert Browser().ask("dana") == ""


def test_another_name_ends_the_session() -> None:
    browser = Browser()
    browser.ask("alice")
    first = browser.session.session_key
    assert browser.ask("bob") == "bob"
    assert not Session.objects.filter(session_key=first).exists()
    assert SignIn.objects.get().user.username == "bob"


def test_another_name_ends_a_session_that_a_password_began() -> None:
    browser = Browser()
    browser.force_login(User.objects.get(username="dana"))
    first = browser.session.session_key
    assert browser.ask() == "dana", "without the header a password is as good as ever"
    assert browser.ask("bob", path="/api/v1/boards", accept="*/*") == ""
    assert browser.response.status_code == 401
    assert not Session.objects.filter(session_key=first).exists()


@pytest.mark.parametrize("peer", [PROXY, ELSEWHERE])
def test_without_the_header_its_session_ends(peer: str) -> None:
    browser = Browser()
    browser.ask("alice")
    assert browser.ask(peer=peer, path="/api/v1/boards", accept="*/*") == ""
    assert not Session.objects.exists()


def test_a_session_that_was_begun_there_is_worth_nothing_past_the_proxy() -> None:
    browser = Browser()
    browser.ask("alice")
    assert browser.ask("alice", peer=ELSEWHERE) == ""


def test_groups_change_in_the_middle_of_a_session(settings: Settings) -> None:
    settings.CANVAS_OIDC_ADMIN_GROUPS = ["it"]
    browser = Browser()
    browser.ask("alice", groups="it,design")
    assert User.objects.get(username="alice").is_superuser
    assert browser.ask("alice", groups="design") == "alice"
    alice = User.objects.get(username="alice")
    assert (alice.is_superuser, list(alice.groups.values_list("name", flat=True))) == (
        False,
        ["design"],
    )


def test_programs_without_cookies_begin_no_sessions() -> None:
    assert Browser().ask("alice", path="/api/v1/boards", accept="*/*") == ""
    assert not Session.objects.exists()
    assert not User.objects.filter(username="alice").exists()


@pytest.mark.parametrize("name", ["a,dana", "two words", "x" * 151, "DANA", "<b>", "ﬁ"])
def test_names_that_could_be_somebody_else_are_refused(name: str) -> None:
    before = User.objects.count()
    browser = Browser()
    for _ in range(2):
        assert browser.ask(name.encode().decode("latin-1")) == ""
        assert browser.response.status_code == 403
    assert User.objects.count() == before
    assert AuditLog.objects.filter(action="auth_login_failed").count() == 1


def test_people_who_are_switched_off_or_unknown_are_told(settings: Settings) -> None:
    make_user("charlie", is_active=False)
    browser = Browser()
    assert browser.ask("charlie") == ""
    assert "switched this account off" in browser.response.content.decode()
    settings.CANVAS_PROXY_SIGN_UP = False
    assert browser.ask("eve") == ""
    assert "You have no account here." in browser.response.content.decode()
    assert not User.objects.filter(username="eve").exists()


def test_a_proxy_that_adds_to_what_clients_send_is_refused() -> None:
    def person(*groups: bytes) -> headers.ProxyPerson | None:
        sent = [(b"x-remote-user", b"alice"), *((b"x-remote-groups", one) for one in groups)]
        scope = {"type": "http", "method": "GET", "path": PAGE, "client": (PROXY, 1)}
        return headers.person_named(ASGIRequest({**scope, "headers": sent}, BytesIO()))

    by = Actor(None, SYSTEM_ORIGIN, AuditVia.PROXY)
    honest, added = person(b"design"), person(b"it", b"design")
    assert honest is not None
    assert added is not None
    account_named(honest, by=by)
    with pytest.raises(IdentityRefusedError):
        account_named(added, by=by)


def test_signing_out_says_that_the_proxy_signs_in_again(settings: Settings) -> None:
    browser = Browser()
    browser.ask("alice")
    out = browser.post("/logout", headers={"X-Remote-User": "alice"}, REMOTE_ADDR=PROXY)
    assert "the next page signs you in again" in out.content.decode()
    assert not Session.objects.exists()
    settings.CANVAS_PROXY_SIGN_OUT_URL = "https://proxy.example.org/sign_out"
    assert browser.ask("alice") == "alice"
    out = browser.post("/logout", headers={"X-Remote-User": "alice"}, REMOTE_ADDR=PROXY)
    assert 'href="https://proxy.example.org/sign_out"' in out.content.decode()
