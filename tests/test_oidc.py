"""Signing in by a real identity provider: accounts, groups, single logout, and everything that goes
wrong on the way.
"""

from __future__ import annotations

import base64
import html
import json
import re
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from playwright.sync_api import Browser, expect
from pycrdt import Doc, Map
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sync.wire.frames import encode_step1
from tests.identity_provider import SECRET, IdentityProvider, Visitor
from tests.page import sign_out
from tests.server import PASSWORD, Server
from tests.writers import Sockets

LOGOUT_SECONDS = 1.0
"""Sockets close within this time after a back-channel logout."""


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    made = IdentityProvider()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(
    provider: IdentityProvider, static_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("oidc"), static_root=static_root, **provider.settings)
    provider.start(made)
    yield made.start()
    made.stop()


def rows(server: Server, query: str, *values: Any) -> list[tuple[Any, ...]]:
    path = Path(server.environment["CANVAS_DATA_DIR"]) / "canvas.sqlite3"
    with sqlite3.connect(path) as database:
        return database.execute(query, values).fetchall()


def groups_of(server: Server, username: str) -> set[str]:
    found = rows(
        server,
        "SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id "
        "JOIN auth_user u ON u.id = m.user_id WHERE u.username = ?",
        username,
    )
    return {name for (name,) in found}


def is_in(visitor: Visitor) -> bool:
    return "/login" not in (visitor.get(f"{visitor.server.url}/account/security"), visitor.url)[1]


def signed_in(server: Server, provider: IdentityProvider, sub: str, **claims: Any) -> Visitor:
    """Someone who came by the provider."""
    provider.person(sub, preferred_username=sub, **claims)
    visitor = Visitor(server)
    status, page = visitor.sign_in()
    assert (status, visitor.url) == (200, f"{server.url}/"), page
    return visitor


def test_an_account_is_made_and_brought_up_to_date_at_each_sign_in(
    server: Server, provider: IdentityProvider
) -> None:
    claims = {"name": "Mara Kern", "email": "mara@example.org", "email_verified": True}
    signed_in(server, provider, "mara", groups=["design", "it"], **claims)
    person = "SELECT first_name, last_name, email, is_staff FROM auth_user WHERE username = 'mara'"
    assert rows(server, person) == [("Mara", "Kern", "mara@example.org", 1)]
    assert groups_of(server, "mara") == {"design", "it"}
    row = "SELECT via, issuer, subject, provider_session <> '' FROM accounts_signin"
    assert ("oidc", provider.issuer, "mara", 1) in rows(server, row)
    signed_in(server, provider, "mara", groups=["sales"], **{**claims, "name": "Mara Berg"})
    assert rows(server, person) == [("Mara", "Berg", "mara@example.org", 0)]
    assert groups_of(server, "mara") == {"sales"}
    told = "SELECT action FROM audit_auditlog WHERE via = 'oidc' AND target_label = 'mara'"
    actions = [action for (action,) in rows(server, told)]
    assert actions == ["auth_sign_up", "auth_groups_change", "auth_groups_change"]
    secrets = rows(server, "SELECT extra_data FROM socialaccount_socialaccount")
    assert secrets == [("{}",)] * len(secrets)
    assert rows(server, "SELECT * FROM socialaccount_socialtoken") == []


def socket_of(visitor: Visitor, board: str) -> ClientConnection:
    server = visitor.server
    cookie = f"sessionid={visitor.cookie('sessionid')}"
    return connect(
        f"{server.socket_base}/{board}",
        origin=Origin(server.origin),
        additional_headers={"Cookie": cookie},
    )


def head_of(server: Server, board: str) -> list[tuple[Any, ...]]:
    query = "SELECT head_seq FROM boards_board WHERE id = ?"
    return rows(server, query, board.replace("-", ""))


def seconds_until_closed(socket: ClientConnection, started: float) -> float:
    try:
        while True:
            socket.recv(timeout=10)
    except ConnectionClosed:
        return time.monotonic() - started


@pytest.mark.alone
def test_a_back_channel_logout_ends_sockets_and_nothing_commits_later(
    server: Server, provider: IdentityProvider
) -> None:
    visitors = [signed_in(server, provider, "noah") for _ in range(2)]
    server.new_board()
    status, page = visitors[0].post("boards", title="Theirs")
    assert status == 200, page
    board = re.search(r"/board/([0-9a-f-]{36})", visitors[0].url)
    assert board, visitors[0].url
    sockets = [socket_of(visitor, board[1]) for visitor in visitors]
    for socket in sockets:
        socket.send(encode_step1(b"\x00"))
        socket.recv(timeout=10)
    (sid,) = rows(
        server,
        "SELECT provider_session FROM accounts_signin WHERE session_key = ?",
        visitors[0].cookie("sessionid"),
    )[0]
    started = time.monotonic()
    provider.log_out("noah", sid)
    assert seconds_until_closed(sockets[0], started) < LOGOUT_SECONDS
    assert sockets[0].close_code in (4001, 4003)
    head = head_of(server, board[1])
    assert not is_in(visitors[0])
    assert is_in(visitors[1]), "the other session goes on"
    refused = socket_of(visitors[0], board[1])
    assert seconds_until_closed(refused, time.monotonic()) < LOGOUT_SECONDS
    assert refused.close_code == 4001
    after = rows(
        server, "SELECT head_seq FROM boards_board WHERE id = ?", board[1].replace("-", "")
    )
    assert after == head
    started = time.monotonic()
    provider.log_out("noah")
    assert seconds_until_closed(sockets[1], started) < LOGOUT_SECONDS
    assert not is_in(visitors[1])


def board_of(visitor: Visitor) -> str:
    """A new board of theirs."""
    status, page = visitor.post("boards", title="Theirs")
    assert status == 200, page
    found = re.search(r"/board/([0-9a-f-]{36})", visitor.url)
    assert found, visitor.url
    return found[1]


def elements_of(server: Server, board: str) -> set[str]:
    """What is stored of a board."""
    doc: Doc[Map[object]] = Doc()
    query = "SELECT payload FROM sync_documentupdate WHERE board_id = ? ORDER BY seq"
    for (payload,) in rows(server, query, board.replace("-", "")):
        doc.apply_update(payload)
    elements: Map[object] = doc.get("elements", type=Map)
    return set(elements.keys())


@pytest.mark.alone
@pytest.mark.parametrize("by_session", [True, False])
def test_whoever_draws_during_a_back_channel_logout_commits_nothing_later(
    server: Server, provider: IdentityProvider, by_session: bool
) -> None:
    visitor = signed_in(server, provider, "wilma")
    board, session = board_of(visitor), visitor.cookie("sessionid")
    query = "SELECT provider_session FROM accounts_signin WHERE session_key = ?"
    (sid,) = rows(server, query, session)[0]
    sockets = Sockets(server, board, session=session)
    stop, drawn = threading.Event(), list[tuple[float, str]]()

    def draw() -> None:
        while not stop.is_set():
            name = f"shape {len(drawn)}"
            sockets.draw(name)
            drawn.append((time.monotonic(), name))
            time.sleep(0.002)

    writing = threading.Thread(target=draw)
    writing.start()
    assert sockets.has_saved.wait(20)
    began = time.monotonic()
    provider.log_out("wilma", sid if by_session else None)
    answered = time.monotonic()
    stored = elements_of(server, board)
    sockets.until_closed(began + LOGOUT_SECONDS)
    time.sleep(0.3)  # of drawing on
    stop.set()
    writing.join()
    sockets.close()
    assert sockets.closed_at.keys() == {"canvas", "events"}, "within a second"
    assert max(sockets.closed_at.values()) - began < LOGOUT_SECONDS
    assert sockets.codes <= {4001, 4003}
    later = {name for at, name in drawn if at > answered}
    assert len(later) > 20
    assert not elements_of(server, board) & later
    assert elements_of(server, board) == stored, "nothing commits once the logout has answered"


def back_channel(server: Server, token: str) -> int:
    data = urlencode({"logout_token": token}).encode()
    request = urllib.request.Request(f"{server.url}/login/provider/logout", data)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_forged_logout_token_ends_nothing(server: Server, provider: IdentityProvider) -> None:
    visitor = signed_in(server, provider, "olga")
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
    assert is_in(visitor)


def test_single_logout_ends_the_session_of_the_provider(
    server: Server, provider: IdentityProvider
) -> None:
    visitor = signed_in(server, provider, "pia")
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
    signed_in(server, provider, "rosa", email="rosa@example.org", email_verified=True)
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
    visitor = signed_in(server, provider, "alice", name="Another Alice")
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
        assert not is_in(browser)
    visitor.post("logout")
    status, page = visitor.get(callback)
    assert (status, "used already" in page) == (403, True)
    status, page = Visitor(server).get(f"{server.url}/login/provider/callback?state=x&code=y")
    assert status == 403


def test_no_code_and_no_token_is_kept(server: Server, provider: IdentityProvider) -> None:
    visitor = signed_in(server, provider, "vera")
    callback = urlsplit(next(url for url in visitor.passed if "/callback?" in url))
    page = visitor.post("logout")[1]
    there = re.search(r'content="0;url=([^"]+)"', page)
    assert there, page
    hint = parse_qs(urlsplit(html.unescape(there[1])).query)["id_token_hint"][0]
    signed_in(server, provider, "vera")  # a session that still has its token
    secrets = [parse_qs(callback.query)["code"][0], *hint.split(".")[1:], SECRET]
    directory = Path(server.environment["CANVAS_DATA_DIR"])
    kept = {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
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
        write(server, "UPDATE auth_user SET email = 'bob@example.org' WHERE username = 'bob'")
        typed = 'INSERT INTO account_emailaddress (user_id, email, verified, "primary") '
        typed += "SELECT id, 'xenia@example.org', 0, 0 FROM auth_user WHERE username = 'bob'"
        write(server, typed)
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


def write(server: Server, query: str) -> None:
    path = Path(server.environment["CANVAS_DATA_DIR"]) / "canvas.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute(query)


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
        assert (status, is_in(visitor)) == (200, True)
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
