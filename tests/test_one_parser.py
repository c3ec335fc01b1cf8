"""A socket lets in the same people as the page, whatever else is in the request's headers."""

import random
import socket

import pytest

from tests.server import Server, SignedIn

ACCEPTED, NOT_AUTHENTICATED = b"HTTP/1.1 101", 4001
SAMPLES = 150

FOREIGN_COOKIES = (
    b'prefs={"a":1}',
    b"novalue",
    b"=empty",
    b"a b=c d",
    "name=Zo\u00eb \u6f22".encode(),
    "\u6f22=1".encode(),
    b'quoted="a;b"',
    b'broken="',
    b"a=b=c=d",
    b"",
    b"   ",
    b"x=\xff\xfe",
    b"path=/; domain=example.org",
    b"$Version=1",
    b"expires=Thu, 01 Jan 1970 00:00:00 GMT",
    b"a[b]=c",
    b"sessionid2=x",
    b"theme=dark,mode",
    b"; ".join(b"big%d=%s" % (number, b"x" * 3000) for number in range(6)),
)


@pytest.fixture(scope="module")
def session(server: Server) -> bytes:
    """The session key of alice."""
    return SignedIn(server, "alice").session_key.encode()


def _headers_with(session: bytes, chance: random.Random) -> list[bytes]:
    """Cookie headers with the session somewhere in it, twice, broken, or not at all."""
    parts = chance.sample(FOREIGN_COOKIES, chance.randrange(5))
    mine = chance.choice(
        [
            [b"sessionid=" + session],
            [b"sessionid=" + session],
            [b"sessionid = " + session],
            [b'sessionid="' + session + b'"'],
            [b"sessionid=other", b"sessionid=" + session],
            [b"sessionid=" + session, b"sessionid=other"],
            [b"SESSIONID=" + session],
            [],
        ]
    )
    for part in mine:
        parts.insert(chance.randint(0, len(parts)), part)
    if mine == [b"sessionid=other", b"sessionid=" + session]:
        chance.shuffle(parts)
    glue = chance.choice([b"; ", b";", b" ; "])
    if len(parts) > 1 and chance.random() < 0.2:
        cut = chance.randrange(1, len(parts))
        return [glue.join(parts[:cut]), glue.join(parts[cut:])]
    return [glue.join(parts)]


def ask(server: Server, path: str, cookies: list[bytes], *extra: bytes) -> bytes:
    """The beginning of the answer to one raw request."""
    lines = [b"GET " + path.encode() + b" HTTP/1.1", b"Host: 127.0.0.1:%d" % server.port]
    lines += [b"Cookie: " + cookie for cookie in cookies]
    lines += extra
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        answer = b""
        while len(answer) < 4000 and (part := connection.recv(4096)):
            answer += part
            if ACCEPTED in answer and len(answer.split(b"\r\n\r\n", 1)[1]) > 3:
                break
        return answer


def _page_knows(server: Server, board: str, cookies: list[bytes]) -> bool:
    answer = ask(server, f"/board/{board}", cookies, b"Connection: close")
    return answer.startswith(b"HTTP/1.1 200")


def _socket_knows(server: Server, board: str, cookies: list[bytes]) -> bool:
    """Whether the events socket says the level instead of closing with 4001."""
    answer = ask(
        server,
        f"/ws/events/{board}",
        cookies,
        b"Origin: " + server.url.encode(),
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    )
    if not answer.startswith(ACCEPTED):
        return False
    frame = answer.split(b"\r\n\r\n", 1)[1]
    if frame[0] == 0x88:
        assert int.from_bytes(frame[2:4], "big") == NOT_AUTHENTICATED, frame
        return False
    assert b'"access"' in frame
    return True


def test_page_and_socket_find_the_same_session(server: Server, session: bytes) -> None:
    board = server.new_board("alice")
    chance = random.Random(20)
    samples = [[b"; ".join((part, b"sessionid=" + session))] for part in FOREIGN_COOKIES]
    samples += [_headers_with(session, chance) for _ in range(SAMPLES)]
    found = []
    for cookies in samples:
        page = _page_knows(server, board, cookies)
        assert _socket_knows(server, board, cookies) == page, cookies
        found.append(page)
    assert all(found[: len(FOREIGN_COOKIES) - 1]), "cookies of others lock nobody out"
    assert len(set(found)) == 2
