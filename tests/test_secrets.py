"""Someone who gets the logs, the database, the files or Redis has no key to any board.

Runs with every kind of token, a link's password, the links of mails, the codes of an identity
provider, and the secrets of webhooks, used rightly and wrongly, in a browser, by REST and on
sockets, with all logging on; then all that was kept or passed on is searched for them.
"""

import re
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import IO

import pytest
import redis as redis_client

from boards.tests.listening import listening
from tests.conftest import MakeServer, OpenPage
from tests.identity_provider import IdentityProvider
from tests.mail_server import mail_server
from tests.secrets_in_use import (
    LINK_PASSWORD,
    WRONG_PASSWORD,
    administer,
    by_access_token,
    by_links,
    by_mail,
    by_program,
    by_provider,
    by_tickets,
    by_webhook,
    refused,
)
from tests.server import Server
from tests.stored import data_of, files_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


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
        self._thread = threading.Thread(
            target=self._read, args=(self._process.stdout,), daemon=True
        )
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
    make_server: MakeServer, redis_url: str, open_page: OpenPage
) -> None:
    redis = f"{redis_url[:-1]}5"
    overheard = Overheard(redis_url)
    server = make_server(CANVAS_REDIS_URL=redis, CANVAS_LOG_LEVEL="DEBUG")
    board = server.new_board()
    secrets = {"password": LINK_PASSWORD, "wrong password": WRONG_PASSWORD}
    secrets |= by_access_token(server, open_page, board)
    secrets |= by_links(server, open_page, board)
    secrets |= by_tickets(server, board)
    secrets |= refused(server, board, secrets["access token"])
    administer(server, open_page)
    kept = {"redis traffic": overheard.stop(), **_kept_by(server, redis)}
    assert board.replace("-", "").encode() in kept["rows"]
    assert b"asgi" in kept["redis traffic"]
    assert _found(secrets, kept) == []


def test_no_link_of_a_mail_no_token_of_a_program_and_no_code_is_kept(
    make_server: MakeServer, redis_url: str
) -> None:
    redis = f"{redis_url[:-1]}6"
    overheard = Overheard(redis_url)
    provider, place = IdentityProvider(), SimpleNamespace()
    with mail_server(place) as mails:
        server = make_server(
            **provider.settings,
            CANVAS_REDIS_URL=redis,
            CANVAS_LOG_LEVEL="DEBUG",
            CANVAS_SIGN_UP_DOMAINS="example.org",
            EMAIL_HOST=place.EMAIL_HOST,
            EMAIL_PORT=str(place.EMAIL_PORT),
        )
        provider.start(server)
        try:
            board = server.new_board()
            secrets = by_program(server, board)
            secrets |= by_mail(server, board, mails)
            secrets |= by_provider(server, provider)
        finally:
            provider.stop()
    assert len(secrets) == 8, secrets.keys()
    kept = {"redis traffic": overheard.stop(), **_kept_by(server, redis)}
    assert b"/account/sign-up/..." in kept["server.log"], "forms were refused"
    assert _found(secrets, kept) == []


def test_no_secret_of_a_webhook_is_kept_or_passed_on(
    make_server: MakeServer, redis_url: str
) -> None:
    redis = f"{redis_url[:-1]}7"
    overheard = Overheard(redis_url)
    server = make_server(
        CANVAS_REDIS_URL=redis, CANVAS_LOG_LEVEL="DEBUG", CANVAS_WEBHOOK_NETWORKS="127.0.0.0/8"
    )
    with listening() as listener:
        secrets = by_webhook(server, listener)
    assert len(secrets) == 6, secrets.keys()
    kept = {"redis traffic": overheard.stop(), **_kept_by(server, redis)}
    assert b'INSERT INTO "boards_webhook"' in kept["rows"]
    assert b"webhook.test" in kept["rows"]
    assert _found(secrets, kept) == []


def _found(secrets: dict[str, str], kept: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which secret is where."""
    assert b"DEBUG" in kept["server.log"]
    return [
        (name, place)
        for name, secret in secrets.items()
        for part in _telling_parts(secret)
        for place, data in kept.items()
        if part.encode() in data
    ]


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


def _kept_by(server: Server, redis: str) -> dict[str, bytes]:
    """The log, every row, every file of the data directory byte by byte, and what is in Redis."""
    kept = files_of(server)
    kept["redis"] = _stored_in(redis)
    with sqlite3.connect(data_of(server) / "canvas.sqlite3") as database:
        kept["rows"] = "\n".join(database.iterdump()).encode()
    return kept
