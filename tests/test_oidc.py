"""Signing in by a real identity provider: accounts, groups, single logout, and everything that goes
wrong on the way.
"""

from __future__ import annotations

import base64
import html
import json
import re
import sqlite3
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from playwright.sync_api import Browser, expect

from tests.conftest import MakeServer
from tests.identity_provider import SECRET, IdentityProvider, Visitor
from tests.page import sign_out
from tests.server import PASSWORD, Server
from tests.stored import data_of, files_of, groups_of, rows


@pytest.fixture(scope="module")
def server(provider: IdentityProvider, make_server: MakeServer) -> Server:
    made = make_server(**provider.settings)
    provider.start(made)
    return made


def test_an_account_is_made_and_brought_up_to_date_at_each_sign_in(
    server: Server, provider: IdentityProvider
) -> None:
    claims = {"name": "Mara Kern", "email": "mara@example.org", "email_verified": True}
    provider.bring(server, "mara", groups=["design", "it"], **claims)
    person = "SELECT first_name, last_name, email, is_staff FROM auth_user WHERE username = 'mara'"
    assert rows(server, person) == [("Mara", "Kern", "mara@example.org", 1)]
    assert groups_of(server, "mara") == {"design", "it"}
    row = "SELECT via, issuer, subject, provider_session <> '' FROM accounts_signin"
    assert ("oidc", provider.issuer, "mara", 1) in rows(server, row)
    provider.bring(server, "mara", groups=["sales"], **{**claims, "name": "Mara Berg"})
    assert rows(server, person) == [("Mara", "Berg", "mara@example.org", 0)]
    assert groups_of(server, "mara") == {"sales"}
    told = "SELECT action FROM audit_auditlog WHERE via = 'oidc' AND target_label = 'mara'"
    actions = [action for (action,) in rows(server, told)]
    assert actions == ["auth_sign_up", "auth_groups_change", "auth_groups_change"]
    secrets = rows(server, "SELECT extra_data FROM socialaccount_socialaccount")
    assert secrets == [("{}",)] * len(secrets)
    assert rows(server, "SELECT * FROM socialaccount_socialtoken") == []


def back_channel(server: Server, token: str) -> int:
    data = urlencode({"logout_token": token}).encode()
    request = urllib.request.Request(f"{server.url}/login/provider/logout", data)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_forged_logout_token_ends_nothing(server: Server, provider: IdentityProvider) -> None:
    visitor = provider.bring(server, "olga")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with urllib.request.urlopen(f"{provider.issuer}/jwks") as response:
        public = json.loads(response.read())["keys"][0]
    claims = {
        "iss": provider.issuer,
        "aud": "canvas",
        "sub": "olga",
        "jti": "1",
        "iat": int(time.time()),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }
    head = {"kid": public["kid"]}
    modulus = base64.urlsafe_b64decode(public["n"] + "==")
    for token in (
        jwt.encode(claims, key, algorithm="RS256", headers=head),
        jwt.encode(claims, key, algorithm="RS256", headers={"kid": "another"}),
        jwt.encode(claims, modulus, algorithm="HS256", headers=head),
        jwt.encode(claims, "", algorithm="none", headers=head),
        "",
        "a.b.c",
        "x" * 30_000,
    ):
        assert back_channel(server, token) == 400
    assert visitor.is_in()


def test_single_logout_ends_the_session_of_the_provider(
    server: Server, provider: IdentityProvider
) -> None:
    visitor = provider.bring(server, "pia")
    status, page = visitor.post("logout")
    assert status == 200
    there = re.search(r'content="0;url=([^"]+)"', page)
    assert there, page
    status, page = visitor.get(html.unescape(there[1]))
    assert status == 200
    form = re.search(r'action="([^"]+)".*?name="xsrf" value="([^"]+)"', page, re.DOTALL)
    assert form, page
    data = urlencode({"xsrf": form[2], "logout": "yes"}).encode()
    visitor._send(urllib.request.Request(form[1], data))
    assert visitor.url.startswith(f"{server.url}/login")
    provider.person("quin", preferred_username="quin")
    visitor.sign_in()
    assert "quin" in visitor.get(f"{server.url}/")[1], "nobody is signed in there any more"


def test_one_address_claimed_by_two_identities(server: Server, provider: IdentityProvider) -> None:
    provider.bring(server, "rosa", email="rosa@example.org", email_verified=True)
    before = rows(server, "SELECT COUNT(*) FROM auth_user")
    claims = {"email": "Rosa@Example.org", "email_verified": True, "groups": ["new group"]}
    provider.person("rosa2", preferred_username="rosa2", **claims)
    status, page = Visitor(server).sign_in()
    assert status == 403
    assert "Another account here has the address rosa@example.org." in page
    assert rows(server, "SELECT COUNT(*) FROM auth_user") == before
    assert rows(server, "SELECT * FROM auth_group WHERE name = 'new group'") == []


def test_an_account_with_a_password_is_not_taken_over(
    server: Server, provider: IdentityProvider
) -> None:
    """By name it is another account; by address it is refused."""
    visitor = provider.bring(server, "alice", name="Another Alice")
    assert "Another Alice" in visitor.get(f"{server.url}/")[1]
    assert rows(server, "SELECT first_name FROM auth_user WHERE username = 'alice'") != [
        ("Another",)
    ]


def test_five_thousand_groups_are_one_sentence(server: Server, provider: IdentityProvider) -> None:
    before = rows(server, "SELECT COUNT(*) FROM auth_group")
    groups = [f"group {number}" for number in range(5000)]
    provider.person("sven", preferred_username="sven", groups=groups)
    status, page = Visitor(server).sign_in()
    assert status == 403
    assert "names 5000 groups, and this server takes 200 at most" in page
    assert rows(server, "SELECT COUNT(*) FROM auth_group") == before
    assert rows(server, "SELECT * FROM auth_user WHERE username = 'sven'") == []


def test_a_state_is_good_once_and_not_in_another_browser(
    server: Server, provider: IdentityProvider
) -> None:
    provider.person("tara", preferred_username="tara")
    visitor = Visitor(server)
    visitor.sign_in()
    callback = next(url for url in visitor.passed if "/callback?" in url)
    for browser in (Visitor(server), Visitor(server)):
        status, page = browser.get(callback)
        assert status == 403
        assert "took too long, or was used already" in page
        assert not browser.is_in()
    visitor.post("logout")
    status, page = visitor.get(callback)
    assert (status, "used already" in page) == (403, True)
    status, page = Visitor(server).get(f"{server.url}/login/provider/callback?state=x&code=y")
    assert status == 403


_AGED = """
from importlib import import_module
from time import time
from django.conf import settings
session = import_module(settings.SESSION_ENGINE).SessionStore("{key}")
states = session["socialaccount_states"]
assert states
session["socialaccount_states"] = {{
    id: [kept, time() - {seconds}, *more] for id, (kept, _at, *more) in states.items()
}}
session.save()
"""


def test_who_takes_longer_than_ten_minutes_begins_again(
    server: Server, provider: IdentityProvider
) -> None:
    provider.person("theo", preferred_username="theo")
    # A slow machine needs some of the ten minutes from here to the callback.
    for seconds, gets_in in ((540, True), (601, False)):
        visitor = Visitor(server)
        callback = visitor.begin_to_sign_in()
        assert "/callback?" in callback
        aged = _AGED.format(key=visitor.cookie("sessionid"), seconds=seconds)
        server.manage("shell", "-c", aged)
        status, page = visitor.get(callback)
        assert (status, "took too long" in page) == ((200, False) if gets_in else (403, True))
        assert visitor.is_in() == gets_in


def test_no_code_and_no_token_is_kept(server: Server, provider: IdentityProvider) -> None:
    visitor = provider.bring(server, "vera")
    callback = urlsplit(next(url for url in visitor.passed if "/callback?" in url))
    page = visitor.post("logout")[1]
    there = re.search(r'content="0;url=([^"]+)"', page)
    assert there, page
    hint = parse_qs(urlsplit(html.unescape(there[1])).query)["id_token_hint"][0]
    provider.bring(server, "vera")  # a session that still has its token
    secrets = [parse_qs(callback.query)["code"][0], *hint.split(".")[1:], SECRET]
    directory, kept = data_of(server), files_of(server)
    with sqlite3.connect(directory / "canvas.sqlite3") as database:
        kept["rows"] = "\n".join(database.iterdump()).encode()
    for (data,) in rows(server, "SELECT session_data FROM django_session"):
        kept["sessions"] = (
            kept.get("sessions", b"")
            + json.dumps(
                signing.loads(
                    data,
                    key=(directory / "secret_key").read_text().strip(),
                    salt="django.contrib.sessions.SessionStore",
                    serializer=JSONSerializer,
                )
            ).encode()
        )
    assert b"oidc_id_token" in kept["sessions"]
    found = [name for name, data in kept.items() for one in secrets if one.encode() in data]
    assert found == []


def test_in_a_browser_to_the_provider_and_back(
    server: Server, provider: IdentityProvider, browser: Browser
) -> None:
    provider.person("uma", preferred_username="uma", name="Uma Thal")
    page = browser.new_page()
    page.goto(f"{server.url}/")
    page.get_by_role("link", name="Sign in with Acme").click()
    expect(page.locator(".account-menu")).to_contain_text("Uma Thal")
    sign_out(page)
    page.wait_for_url(f"{provider.issuer}/session/end**")
    page.get_by_role("button", name=re.compile("sign me out", re.IGNORECASE)).click()
    page.wait_for_url(f"{server.url}/login**")
    page.close()


def test_with_linking_an_account_is_taken_over_by_its_verified_address_only(
    server: Server, provider: IdentityProvider
) -> None:
    """And the groups of administrators make them. On another server of the same provider."""
    alike = Server(
        Path(server.environment["CANVAS_DATA_DIR"]),
        static_root=Path(server.environment["CANVAS_STATIC_ROOT"]),
        **provider.settings,
        CANVAS_OIDC_LINK_EMAIL="true",
        CANVAS_OIDC_ADMIN_GROUPS="root",
    )
    server.stop()
    alike.use_port(server.port)
    alike.start()
    try:
        rows(server, "UPDATE auth_user SET email = 'bob@example.org' WHERE username = 'bob'")
        typed = 'INSERT INTO account_emailaddress (user_id, email, verified, "primary") '
        typed += "SELECT id, 'xenia@example.org', 0, 0 FROM auth_user WHERE username = 'bob'"
        rows(server, typed)
        claims = {"email": "bob@example.org", "groups": ["root"]}
        provider.person("bob there", email_verified=False, **claims)
        assert Visitor(alike).sign_in()[0] == 403
        provider.person("bob there", email_verified=True, **claims)
        visitor = Visitor(alike)
        assert visitor.sign_in()[0] == 200
        rank = "SELECT is_superuser FROM auth_user WHERE username = 'bob'"
        assert rows(server, rank) == [(1,)]
        assert visitor.get(f"{alike.url}/admin/")[0] == 200
        provider.person("bob there", email="bob@example.org", email_verified=True)
        Visitor(alike).sign_in()
        assert rows(server, rank) == [(0,)], "no groups any more"
        provider.person("xenia", email="xenia@example.org", email_verified=True)
        assert Visitor(alike).sign_in()[0] == 200
        uid = "SELECT u.username FROM auth_user u JOIN socialaccount_socialaccount s "
        uid += "ON s.user_id = u.id WHERE s.uid = 'xenia'"
        assert rows(server, uid) == [("xenia",)], "bob only typed her address"
    finally:
        alike.stop()
        server.start()


def test_when_the_provider_is_down_administrators_get_in(
    server: Server, provider: IdentityProvider
) -> None:
    """The last test: the provider forgets its sessions."""
    provider.stop()
    restarted = Server(
        Path(server.environment["CANVAS_DATA_DIR"]),
        static_root=Path(server.environment["CANVAS_STATIC_ROOT"]),
        **provider.settings,
        CANVAS_OIDC_ONLY="true",
    )
    server.stop()
    restarted.start()
    try:
        visitor = Visitor(restarted)
        status, page = visitor.sign_in()
        assert status == 503
        assert "The identity provider does not answer." in page
        _, page = visitor.get(f"{restarted.url}/login")
        assert "Administrators can use a password" in page
        status, page = visitor.post("login", username="alice", password=PASSWORD)
        assert status == 422
        status, _ = visitor.post("login", username="admin", password=PASSWORD)
        assert (status, visitor.is_in()) == (200, True)
        body = {"username": "alice", "password": PASSWORD}
        assert restarted.call("POST", "auth/token", body)[0] == 401
    finally:
        restarted.stop()
    closed = Server(
        Path(server.environment["CANVAS_DATA_DIR"]),
        static_root=Path(server.environment["CANVAS_STATIC_ROOT"]),
        **provider.settings,
        CANVAS_OIDC_ONLY="true",
        CANVAS_OIDC_ADMIN_PASSWORDS="false",
    ).start()
    try:
        visitor = Visitor(closed)
        assert "Administrators can use a password" not in visitor.get(f"{closed.url}/login")[1]
        assert visitor.post("login", username="admin", password=PASSWORD)[0] == 422
        body["username"] = "admin"
        assert closed.call("POST", "auth/token", body)[0] == 401
    finally:
        closed.stop()
