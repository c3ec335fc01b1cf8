"""Secrets as people and programs use them: in ways that work, and in ways that are refused."""

import contextlib
import re
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from boards.tests.listening import Listener
from sync.wire import frames
from tests.conftest import OpenPage
from tests.identity_provider import IdentityProvider, Visitor
from tests.mail_server import MailServer, body_of
from tests.page import until_open
from tests.patience import patient
from tests.server import PASSWORD, Server, SignedIn, until

LINK_PASSWORD = "correct-horse-7391"
WRONG_PASSWORD = "wrong-donkey-4826"
ADDRESS_KEY = "purple-heron-5512"


def by_webhook(server: Server, listener: Listener) -> dict[str, str]:
    """Two secrets, the key in the address and the signatures; sent, refused and not accepted."""
    alice = server.token("alice")
    listener.url = listener.url.replace("s3cret", ADDRESS_KEY)
    body = {"name": "CI", "url": listener.url}
    status, made = server.call("POST", "webhooks", body, alice)
    assert status == 201, made
    path = f"webhooks/{made['id']}"
    refused = f"https://169.254.169.254/?key={ADDRESS_KEY}"
    assert server.call("POST", "webhooks", {**body, "url": refused}, alice)[0] == 400
    dead = f"http://127.0.0.1:1/?key={ADDRESS_KEY}"
    assert server.call("POST", "webhooks", {**body, "url": dead}, alice)[0] == 201
    server.call("POST", f"{path}/test", {}, alice)
    until(lambda: len(listener.got), lambda n: n > 0)
    status, renewed = server.call("POST", f"{path}/secret", {}, alice)
    assert status == 200, renewed
    listener.status = 500
    assert server.new_board()
    until(lambda: len(listener.got), lambda n: n > 1)
    deliveries = f"{path}/deliveries"
    until(
        lambda: server.call("GET", deliveries, token=alice)[1]["results"],
        lambda rows: {row["state"] for row in rows} == {"delivered", "failed"},
    )
    visitor = SignedIn(server, "alice")
    for page in (f"account/{path}", f"account/{path}/secret"):
        visitor.get(page)
    signatures = [headers["webhook-signature"].split() for headers, _ in listener.got]
    assert [len(each) for each in signatures[:2]] == [1, 2]
    secret = {"secret": made["secret"], "new secret": renewed["secret"]}
    return {
        **{name: one.removeprefix("whsec_") for name, one in secret.items()},
        "address": ADDRESS_KEY,
        "signature": signatures[0][0],
        "new signature": signatures[1][0],
        "old signature": signatures[1][1],
    }


def by_program(server: Server, board: str) -> dict[str, str]:
    """Used rightly, wrongly, where it is refused, and after its end."""
    alice = server.token("alice")
    body = {"name": "Bot", "scopes": [f"board:{board}:edit"]}
    status, made = server.call("POST", "tokens", body, alice)
    assert status == 201, made
    token = made["token"]
    assert server.call("GET", f"boards/{board}", token=token)[0] == 200
    assert server.call("GET", "tokens", token=token)[0] == 403
    with open_socket(server, board, token) as socket:
        socket.send(frames.encode_step1(b"\x00"))
        socket.recv(timeout=patient(20))
    ticket = server.call("POST", f"boards/{board}/ticket", {}, token)[1]["ticket"]
    with open_socket(server, board, ticket) as socket:
        socket.recv(timeout=patient(20))
    look_at(
        server, *(f"/{path}?token={token}" for path in ("", "login", "nowhere", f"board/{board}"))
    )
    assert server.call("DELETE", f"tokens/{made['id']}", token=alice)[0] == 204
    assert server.call("GET", f"boards/{board}", token=token)[0] == 401
    with open_socket(server, board, token) as socket, contextlib.suppress(ConnectionClosed):
        socket.recv(timeout=patient(20))
    return {"token of a program": token, "its ticket": ticket}


def by_mail(server: Server, board: str, mails: MailServer) -> dict[str, str]:
    """Links that were sent; each is opened, and used wrongly."""
    body = {"email": "lee@example.org", "level": "edit"}
    path = f"boards/{board}/invitations"
    assert server.call("POST", path, body, server.token("alice"))[0] == 201
    alice = SignedIn(server, "alice")
    alice.post("account/confirm", password=PASSWORD)
    alice.post("account/email", email="alice@example.org", action_add="1")
    change = link(mails, "alice@example.org", "/account/email/")
    alice.post(change.removeprefix("/"))
    stranger = Visitor(server)
    stranger.get(f"{server.url}/login")
    for place, email in (("sign-up", "kim"), ("password/reset", "alice")):
        stranger.post(f"account/{place}", email=f"{email}@example.org")
    links = {
        "invitation": link(mails, "lee@example.org", "/invitation/"),
        "link to sign up": link(mails, "kim@example.org", "/account/sign-up/"),
        "link for a password": link(mails, "alice@example.org", "/account/password/reset/"),
        "link for an address": change,
    }
    for path in links.values():
        look_at(server, path, f"{path}/", path[:-2])
        stranger.get(f"{server.url}{path}")
        stranger.post(path.removeprefix("/"), username="a", password1="b", password2="c")
        with contextlib.suppress(urllib.error.HTTPError):  # without a token against forgery
            urllib.request.urlopen(f"{server.url}{path}", b"way=sign_up").read()
    return {name: path.rpartition("/")[2] for name, path in links.items()}


def link(mails: MailServer, to: str, path: str) -> str:
    """The path of the link of this kind in a mail to somebody."""

    def found() -> list[str]:
        texts = [body_of(mail) for mail in list(mails.mails) if mail["To"] == to]
        return [one for text in texts for one in re.findall(rf"http://[^/]+({path}\S+)", text)]

    return str(until(found, bool)[-1])


def by_provider(server: Server, provider: IdentityProvider) -> dict[str, str]:
    """The code and the state of a sign-in, used and used again."""
    provider.person("kim", preferred_username="kim")
    visitor = Visitor(server)
    assert visitor.sign_in()[0] == 200
    callback = next(url for url in visitor.passed if "/callback?" in url)
    assert Visitor(server).get(callback)[0] == 403
    query = parse_qs(urlsplit(callback).query)
    return {"code": query["code"][0], "state": query["state"][0]}


def look_at(server: Server, *paths: str) -> None:
    for path in paths:
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.url}{path}").read()


def by_access_token(server: Server, open_page: OpenPage, board: str) -> dict[str, str]:
    token = server.token("alice")
    page = open_page(server).page
    page.goto(f"{server.url}/board/{board}?token={token}")
    until_open(page)
    assert "token" not in page.url
    page.close()
    with open_socket(server, board, token) as socket:
        socket.send(frames.encode_step1(b"\x00"))
        socket.recv(timeout=patient(20))
        socket.send("a text frame")
        with contextlib.suppress(ConnectionClosed):
            while True:
                socket.recv(timeout=patient(20))
        assert socket.close_code == 4400
    with pytest.raises(InvalidStatus):
        open_socket(server, board, token, origin="http://evil.example")
    return {"access token": token}


def by_links(server: Server, open_page: OpenPage, board: str) -> dict[str, str]:
    """By a link with a password on the page, and by one without on the socket."""
    urls = []
    for body in ({"level": "edit", "password": LINK_PASSWORD}, {"level": "view"}):
        path, token = f"boards/{board}/links", server.token("alice")
        status, link = server.call("POST", path, body, token)
        assert status == 201, link
        urls.append(link["url"])
    guest = open_page(server)
    guest.page.goto(urls[0])
    for password in (WRONG_PASSWORD, LINK_PASSWORD):
        guest.page.locator("input[name=password]").fill(password)
        guest.page.locator("button[type=submit]").last.click()
    until_open(guest.page)
    assert "token" not in guest.page.url
    guest.draw_rectangle(400, 300)
    guest.until_status("saved")
    tokens = [url.split("token=")[1] for url in urls]
    with open_socket(server, board, tokens[1]) as socket:
        socket.send(frames.encode_step1(b"\x00"))
        socket.recv(timeout=patient(20))
    return dict(zip(("link with password", "link"), tokens, strict=True))


def by_tickets(server: Server, board: str) -> dict[str, str]:
    tickets = {}
    for kind in ("canvas", "events"):
        answer = server.call("POST", f"boards/{board}/ticket", {}, server.token("alice"))[1]
        tickets[f"ticket for {kind}"] = answer["ticket"]
        address = f"{server.socket_base.replace('canvas', kind)}/{board}?token={answer['ticket']}"
        with connect(address) as first:
            first.recv(timeout=patient(20))  # only then is it used
        with connect(address) as again, contextlib.suppress(ConnectionClosed):
            again.recv(timeout=patient(20))
        assert again.close_code == 4001, "a ticket is good once"
    return tickets


def refused(server: Server, board: str, token: str) -> dict[str, str]:
    """A forged token, sent where it is refused or where nobody expects one."""
    forged = f"{token[:-12]}{'A' * 12}"
    for path in (f"/board/{board}", "/", "/login", "/nowhere", "/admin/", "/api/v1/boards"):
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.url}{path}?token={forged}").read()
    assert server.call("GET", "boards", token=forged)[0] == 401
    with open_socket(server, board, forged) as socket, contextlib.suppress(ConnectionClosed):
        socket.recv(timeout=patient(20))
    assert socket.close_code == 4001
    with contextlib.suppress(InvalidStatus):
        connect(f"{server.socket_base}/no-board?token={forged}").close()
    return {"forged token": forged}


def administer(server: Server, open_page: OpenPage) -> None:
    admin = open_page(server).sign_in("admin")
    for path in ("audit/auditlog", "boards/sharelink", "boards/board"):
        admin.page.goto(f"{server.url}/admin/{path}/")
        assert "eyJ" not in admin.page.content(), "how every token begins"


def open_socket(
    server: Server, board: str, token: str, origin: str | None = None
) -> ClientConnection:
    headers = {"Origin": origin} if origin else {}
    return connect(f"{server.socket_base}/{board}?token={token}", additional_headers=headers)
