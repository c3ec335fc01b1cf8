"""A trusted proxy's header on a real server: pages and sockets, from the proxy and past it.

The proxy is 127.0.0.2; everything else on this machine is not.
"""

from __future__ import annotations

import re
from http.client import HTTPConnection

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sync.wire.frames import encode_step1
from tests.conftest import MakeServer
from tests.patience import patient
from tests.server import Server

PROXY, ELSEWHERE = "127.0.0.2", "127.0.0.1"


@pytest.fixture(scope="module")
def server(make_server: MakeServer) -> Server:
    return make_server(
        CANVAS_PROXY_USER_HEADER="X-Remote-User",
        CANVAS_PROXY_ADDRESSES=f"{PROXY}/32",
    )


def ask(
    server: Server, user: str, *, cookie: str = "", peer: str = PROXY, path: str = "/"
) -> tuple[int, str, str]:
    """The status, the page and the session cookie that was set."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20, source_address=(peer, 0))
    headers = {"Accept": "text/html", "Cookie": f"sessionid={cookie}"}
    connection.request(
        "GET", path, headers={**headers, **({"X-Remote-User": user} if user else {})}
    )
    response = connection.getresponse()
    page = response.read().decode()
    found = re.search(r"sessionid=(\w+)", " ".join(response.headers.get_all("Set-Cookie", [])))
    connection.close()
    return response.status, page, found[1] if found else ""


def socket_of(
    server: Server, board: str, cookie: str, user: str, peer: str = PROXY
) -> ClientConnection:
    headers = {"Cookie": f"sessionid={cookie}", **({"X-Remote-User": user} if user else {})}
    return connect(
        f"{server.socket_base}/{board}",
        origin=Origin(server.origin),
        additional_headers=headers,
        source_address=(peer, 0),
    )


def code_of(socket: ClientConnection) -> int | None:
    """The code with which it closes; 0 if the board answers."""
    try:
        socket.send(encode_step1(b"\x00"))
        socket.recv(timeout=patient(20))
    except ConnectionClosed:
        return socket.close_code
    return 0


def until_closed(socket: ClientConnection) -> None:
    """Fails with `TimeoutError` if nothing more comes and it stays open."""
    try:
        while True:
            socket.recv(timeout=patient(20))
    except ConnectionClosed:
        return


def test_pages_and_sockets_follow_the_header(server: Server) -> None:
    board = server.new_board()
    assert ask(server, "alice", peer=ELSEWHERE)[0] == 302
    status, page, alice = ask(server, "alice")
    assert (status, "alice" in page.lower()) == (200, True)
    board_socket = socket_of(server, board, alice, "alice")
    assert code_of(board_socket) == 0
    for user, peer in (("bob", PROXY), ("", PROXY), ("alice", ELSEWHERE), ("", ELSEWHERE)):
        assert code_of(socket_of(server, board, alice, user, peer)) == 4001, (user, peer)
    assert code_of(socket_of(server, board, "", "alice")) == 4001, "sockets begin no sessions"
    status, page, bob = ask(server, "bob", cookie=alice)
    assert (status, bool(bob), bob != alice) == (200, True, True)
    until_closed(board_socket)
    assert board_socket.close_code in (4001, 4003)
    assert ask(server, "", cookie=alice)[0] == 302
    assert ask(server, "", cookie=bob, peer=ELSEWHERE)[0] == 302
    log = server.log.read_text()
    assert log.count("X-Remote-User from 127.0.0.1 is ignored") == 1
