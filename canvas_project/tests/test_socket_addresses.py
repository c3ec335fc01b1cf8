"""Where sockets are, and what a client is told at other addresses."""

import pytest
from channels.testing import WebsocketCommunicator

from boards.models import Board
from canvas_project.asgi import application
from sync.tests.yclient import HOST
from sync.wire.close_codes import CloseCode

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def closed_with(path: str, root_path: str = "", origin: bytes = b"") -> int | None:
    """The code that a stranger's socket is closed with; None for a failed handshake."""
    headers = [HOST, *([(b"origin", origin)] if origin else [])]
    socket = WebsocketCommunicator(application, path, headers=headers)
    socket.scope["root_path"] = root_path
    accepted, _ = await socket.connect(timeout=5)
    if not accepted:
        return None
    message = await socket.receive_output(timeout=5)
    await socket.wait()
    assert message["type"] == "websocket.close"
    assert message["reason"]
    return int(message["code"])


@pytest.mark.parametrize("name", ["my-room", "1", "%20", "a" * 500, "0b1d4f9e-4f0c-4d5e-9d5a"])
@pytest.mark.parametrize("kind", ["canvas", "events"])
async def test_a_room_name_that_is_no_uuid_gets_a_code_and_a_reason(kind: str, name: str) -> None:
    assert await closed_with(f"/ws/{kind}/{name}") == CloseCode.BOARD_GONE
    assert await closed_with(f"/ws/{kind}/{name}", origin=b"http://evil.example") is None


async def test_no_other_address_takes_sockets() -> None:
    for path in ("/", "/ws", "/ws/canvas", "/ws/other/1", "/ws/canvas/a/b"):
        assert await closed_with(path) is None


async def test_sockets_are_where_pages_are_behind_a_prefix(board: Board) -> None:
    for path in (f"/team/ws/canvas/{board.pk}", f"/ws/canvas/{board.pk}"):
        assert await closed_with(path, root_path="/team") == CloseCode.NOT_AUTHENTICATED
    assert await closed_with(f"/team/ws/canvas/{board.pk}") is None
