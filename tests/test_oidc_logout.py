"""Signing out by the back channel of a real identity provider, while sockets are open."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest
from pycrdt import Doc, Map
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sync.wire.frames import encode_step1
from tests.conftest import MakeServer
from tests.identity_provider import IdentityProvider, Visitor
from tests.patience import CLOCK, patient
from tests.server import Server, until
from tests.stored import rows
from tests.writers import Sockets

pytestmark = pytest.mark.alone
LOGOUT_SECONDS = 1.0
"""Sockets close within this time after the server was told of a logout."""


@pytest.fixture(scope="module")
def server(provider: IdentityProvider, make_server: MakeServer) -> Server:
    made = make_server(**provider.settings)
    provider.start(made)
    return made


def board_of(visitor: Visitor) -> str:
    """A new board of theirs."""
    status, page = visitor.post("boards", title="Theirs")
    assert status == 200, page
    found = re.search(r"/board/([0-9a-f-]{36})", visitor.url)
    assert found, visitor.url
    return found[1]


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
            socket.recv(timeout=patient(20))
    except ConnectionClosed:
        return CLOCK.seconds - started


def test_a_back_channel_logout_ends_sockets_and_nothing_commits_later(
    server: Server, provider: IdentityProvider
) -> None:
    visitors = [provider.bring(server, "noah") for _ in range(2)]
    board = board_of(visitors[0])
    sockets = [socket_of(visitor, board) for visitor in visitors]
    for socket in sockets:
        socket.send(encode_step1(b"\x00"))
        socket.recv(timeout=patient(20))
    (sid,) = rows(
        server,
        "SELECT provider_session FROM accounts_signin WHERE session_key = ?",
        visitors[0].cookie("sessionid"),
    )[0]
    started = provider.log_out("noah", sid)
    assert seconds_until_closed(sockets[0], started) < LOGOUT_SECONDS
    assert sockets[0].close_code in (4001, 4003)
    head = head_of(server, board)
    assert not visitors[0].is_in()
    assert visitors[1].is_in(), "the other session goes on"
    refused = socket_of(visitors[0], board)
    assert seconds_until_closed(refused, CLOCK.seconds) < LOGOUT_SECONDS
    assert refused.close_code == 4001
    assert head_of(server, board) == head
    started = provider.log_out("noah")
    assert seconds_until_closed(sockets[1], started) < LOGOUT_SECONDS
    assert not visitors[1].is_in()


def elements_of(server: Server, board: str) -> set[str]:
    """What is stored of a board."""
    doc: Doc[Map[object]] = Doc()
    query = "SELECT payload FROM sync_documentupdate WHERE board_id = ? ORDER BY seq"
    for (payload,) in rows(server, query, board.replace("-", "")):
        doc.apply_update(payload)
    elements: Map[object] = doc.get("elements", type=Map)
    return set(elements.keys())


@pytest.mark.parametrize("by_session", [True, False])
def test_whoever_draws_during_a_back_channel_logout_commits_nothing_later(
    server: Server, provider: IdentityProvider, by_session: bool
) -> None:
    visitor = provider.bring(server, "wilma")
    board, session = board_of(visitor), visitor.cookie("sessionid")
    query = "SELECT provider_session FROM accounts_signin WHERE session_key = ?"
    (sid,) = rows(server, query, session)[0]
    sockets = Sockets(server, board, session=session)
    stop, drawn = threading.Event(), list[tuple[float, str]]()

    def draw() -> None:
        while not stop.is_set():
            name = f"shape {len(drawn)}"
            sockets.draw(name)
            drawn.append((CLOCK.seconds, name))
            time.sleep(0.002)

    writing = threading.Thread(target=draw)
    writing.start()
    assert sockets.has_saved.wait(20)
    began = provider.log_out("wilma", sid if by_session else None)
    answered = CLOCK.seconds
    stored = elements_of(server, board)
    until(lambda: set(sockets.closed_at), lambda closed: closed == {"canvas", "events"})
    until(lambda: sum(at > answered for at, _ in drawn), lambda count: count > 20)
    stop.set()
    writing.join()
    sockets.close()
    assert max(sockets.closed_at.values()) - began < LOGOUT_SECONDS
    assert sockets.codes <= {4001, 4003}
    later = {name for at, name in drawn if at > answered}
    assert len(later) > 20
    assert not elements_of(server, board) & later
    assert elements_of(server, board) == stored, "nothing commits once the logout has answered"
