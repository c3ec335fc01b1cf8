"""Someone who gets the logs, the database, the files or Redis has no key to any board.

A run with every kind of token and a link's password, used rightly and wrongly, in a browser, by
REST and on sockets, with all logging on; then all that was kept or passed on is searched for them.
"""

import contextlib
import re
import sqlite3
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
import redis as redis_client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sync.wire import frames
from tests.conftest import MakeServer, OpenPage
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LINK_PASSWORD = "correct-horse-7391"
WRONG_PASSWORD = "wrong-donkey-4826"


class Overheard:
    """Every command that Redis was given, with keys and values."""

    def __init__(self, url: str) -> None:
        port = re.search(r":(\d+)/", url)
        assert port
        command = ["redis-cli", "-p", port[1], "MONITOR"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.text = b""
        assert self._process.stdout is not None
        self._process.stdout.readline()
        self._thread = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._thread.start()

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self.text += line

    def stop(self) -> bytes:
        """All of it."""
        self._process.terminate()
        self._thread.join()
        return self.text


def test_no_secret_is_kept_or_passed_on(
    make_session_server: MakeServer, redis_url: str, open_page: OpenPage
) -> None:
    redis = f"{redis_url[:-1]}5"
    overheard = Overheard(redis_url)
    server = make_session_server(CANVAS_REDIS_URL=redis, CANVAS_LOG_LEVEL="DEBUG")
    board = server.new_board()
    secrets = {"password": LINK_PASSWORD, "wrong password": WRONG_PASSWORD}
    secrets |= _by_access_token(server, open_page, board)
    secrets |= _by_links(server, open_page, board)
    secrets |= _by_tickets(server, board)
    secrets |= _refused(server, board, secrets["access token"])
    _administer(server, open_page)
    keys = _stored_in(redis)
    kept = {"redis": keys, "redis traffic": overheard.stop(), **_kept_by(server)}
    assert board.replace("-", "").encode() in kept["rows"]
    assert b"DEBUG" in kept["server.log"]
    assert b"asgi" in kept["redis traffic"]
    found = [
        (name, place)
        for name, secret in secrets.items()
        for part in _telling_parts(secret)
        for place, data in kept.items()
        if part.encode() in data
    ]
    assert found == []


def _by_access_token(server: Server, open_page: OpenPage, board: str) -> dict[str, str]:
    token = server.token("alice")
    page = open_page(server).page
    page.goto(f"{server.url}/board/{board}?token={token}")
    page.wait_for_function("() => window.canvasBoard?.provider.synced")
    assert "token" not in page.url
    page.close()
    with _socket(server, board, token) as socket:
        socket.send(frames.encode_step1(b"\x00"))
        socket.recv(timeout=5)
        socket.send("a text frame")
        with contextlib.suppress(ConnectionClosed):
            while True:
                socket.recv(timeout=5)
        assert socket.close_code == 4400
    with pytest.raises(InvalidStatus):
        _socket(server, board, token, origin="http://evil.example")
    return {"access token": token}


def _by_links(server: Server, open_page: OpenPage, board: str) -> dict[str, str]:
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
    guest.page.wait_for_function("() => window.canvasBoard?.provider.synced")
    assert "token" not in guest.page.url
    guest.draw_rectangle(400, 300)
    guest.until_status("saved")
    tokens = [url.split("token=")[1] for url in urls]
    with _socket(server, board, tokens[1]) as socket:
        socket.send(frames.encode_step1(b"\x00"))
        socket.recv(timeout=5)
    return dict(zip(("link with password", "link"), tokens, strict=True))


def _by_tickets(server: Server, board: str) -> dict[str, str]:
    tickets = {}
    for kind in ("canvas", "events"):
        answer = server.call("POST", f"boards/{board}/ticket", {}, server.token("alice"))[1]
        tickets[f"ticket for {kind}"] = answer["ticket"]
        address = f"{server.socket_base.replace('canvas', kind)}/{board}?token={answer['ticket']}"
        with connect(address) as first:
            first.recv(timeout=30)  # only then is it used
        with connect(address) as again, contextlib.suppress(ConnectionClosed):
            again.recv(timeout=5)
        assert again.close_code == 4001, "a ticket is good once"
    return tickets


def _refused(server: Server, board: str, token: str) -> dict[str, str]:
    """A forged token, sent where it is refused or where nobody expects one."""
    forged = f"{token[:-12]}{'A' * 12}"
    for path in (f"/board/{board}", "/", "/login", "/nowhere", "/admin/", "/api/v1/boards"):
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.url}{path}?token={forged}").read()
    assert server.call("GET", "boards", token=forged)[0] == 401
    with _socket(server, board, forged) as socket, contextlib.suppress(ConnectionClosed):
        socket.recv(timeout=5)
    assert socket.close_code == 4001
    with contextlib.suppress(InvalidStatus):
        connect(f"{server.socket_base}/no-board?token={forged}").close()
    return {"forged token": forged}


def _administer(server: Server, open_page: OpenPage) -> None:
    admin = open_page(server).sign_in("admin")
    for path in ("audit/auditlog", "boards/sharelink", "boards/board"):
        admin.page.goto(f"{server.url}/admin/{path}/")
        content = admin.page.content()
        assert "eyJ" not in content, "how every JWT begins"
        assert "token=" not in content, "a link with a token"


def _socket(server: Server, board: str, token: str, origin: str | None = None) -> ClientConnection:
    headers = {"Origin": origin} if origin else {}
    return connect(f"{server.socket_base}/{board}?token={token}", additional_headers=headers)


def _telling_parts(secret: str) -> Iterator[str]:
    """A token is recognized by its signature; the part before it is no secret, but not needed
    either.
    """
    yield secret
    if secret.count(".") == 2:
        yield from secret.split(".")[1:]


def _stored_in(url: str) -> bytes:
    """Every key with its value, as Redis itself would write it to disk. Messages leave none."""
    with redis_client.Redis.from_url(url) as client:
        return b"\n".join(key + b" " + (client.dump(key) or b"") for key in client.scan_iter())


def _kept_by(server: Server) -> dict[str, bytes]:
    """The log, every row, and every file of the data directory byte by byte."""
    directory = Path(server.environment["CANVAS_DATA_DIR"])
    kept = {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    with sqlite3.connect(directory / "canvas.sqlite3") as database:
        kept["rows"] = "\n".join(database.iterdump()).encode()
    return kept
