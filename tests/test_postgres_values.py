"""A NUL, which SQLite keeps in texts and PostgreSQL does not: in cookies and addresses."""

import pytest

from tests.conftest import MakeServer, shared_settings
from tests.server import Server, SignedIn
from tests.test_one_parser import NOT_AUTHENTICATED, ask

pytestmark = pytest.mark.postgres
# Behind a backslash: no header holds one itself.
NUL_COOKIES = (
    rb'sessionid="\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
    rb'sessionid="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\000"',
    rb'canvas_guest="\000a"; canvas_language="\000"; csrftoken="\000"',
)
ADDRESSES = (
    *("/", "/login", "/account/password/reset", "/board/{board}", "/board/{board}/public"),
    *("/api/v1/boards/{board}", "/api/v1/boards", "/healthz"),
)
WITH_NUL = (
    *("/?q=%00&sort=%00&view=%00&state=%00", "/?space=%00&folder=%00", "/login?next=%00"),
    *("/board/{board}?token=%00", "/board/{board}/public?edit=%00", "/invitation/%00"),
    *("/account/sign-up/%00", "/account/password/reset/key/%00-%00", "/account/email/%00"),
    *("/api/v1/search?q=%00", "/api/v1/boards?q=%00&page=%00", "/api/v1/people?q=%00"),
    *("/account/tokens?page=%00", "/notifications?page=%00", "/static/%00", "/%00"),
)


@pytest.fixture(scope="module")
def server(make_server: MakeServer, postgres_url: str) -> Server:
    return make_server(**shared_settings(postgres_url))


def status_of(server: Server, path: str, cookie: bytes) -> int:
    """The status of an answer to one request."""
    answer = ask(server, path, [cookie], b"Connection: close")
    assert answer.startswith(b"HTTP/1.1 "), answer[:100]
    return int(answer[9:12])


def test_a_cookie_with_a_nul_is_no_cookie(server: Server) -> None:
    board = server.new_board("alice")
    for cookie in NUL_COOKIES:
        for path in ADDRESSES:
            address = path.format(board=board)
            assert status_of(server, address, cookie) == status_of(server, address, b""), cookie
        answer = ask(
            server,
            f"/ws/events/{board}",
            [cookie],
            b"Origin: " + server.url.encode(),
            b"Connection: Upgrade",
            b"Upgrade: websocket",
            b"Sec-WebSocket-Version: 13",
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        )
        frame = answer.split(b"\r\n\r\n", 1)[1]
        assert frame[0] == 0x88
        assert int.from_bytes(frame[2:4], "big") == NOT_AUTHENTICATED, frame


def test_an_address_with_a_nul_is_no_fault_of_the_server(server: Server) -> None:
    board = server.new_board("alice")
    own = b"sessionid=" + SignedIn(server, "alice").session_key.encode()
    for path in WITH_NUL:
        for cookie in (b"", own):
            status = status_of(server, path.format(board=board), cookie)
            assert status < 500, (path, cookie[:9], server.log.read_text()[-2000:])
