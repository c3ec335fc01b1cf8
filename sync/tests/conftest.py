"""Fixtures of the sync tests: every test ends with its rooms closed."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User

from boards.access.resolve import Access
from boards.models import Board
from canvas_project.asgi import application
from sync.access.admission import Admission, access_of, identity_now
from sync.rooms.process import close_rooms
from sync.sockets.backoff import Backoff
from sync.tests.yclient import HOST, YClient, token_query

Open = Callable[..., Awaitable[YClient]]
Listen = Callable[[Board, User | None], Awaitable[WebsocketCommunicator]]


def access_now(admission: Admission) -> Access | None:
    """What the person behind one open socket may do now; None when they are nobody any more."""
    board = Board.objects.filter(pk=admission.request.board_id).first()
    identity = identity_now(admission)
    if board is None or identity is None:
        return None
    return access_of(admission.request, board, identity)


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Open]:
    """Opens clients with the token of a user; all are closed at the end, and the rooms too."""
    clients: list[YClient] = []

    async def open_client(
        board: Board,
        user: User | None,
        extra: str = "saved=1",
        headers: list[tuple[bytes, bytes]] | None = None,
    ) -> YClient:
        query = await sync_to_async(token_query)(user, extra) if user else extra
        client = await YClient.open(board, query, headers)
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.close()
    await close_rooms()


@pytest_asyncio.fixture
async def listen() -> AsyncIterator[Listen]:
    """Opens events sockets; all are closed at the end."""
    opened: list[WebsocketCommunicator] = []

    async def open_socket(board: Board, user: User | None) -> WebsocketCommunicator:
        query = await sync_to_async(token_query)(user, "a=1") if user else ""
        path = f"/ws/events/{board.pk}?{query}"
        communicator = WebsocketCommunicator(application, path, headers=[HOST])
        accepted, _ = await communicator.connect()
        assert accepted
        opened.append(communicator)
        return communicator

    yield open_socket
    for communicator in opened:
        await communicator.disconnect()
    await close_rooms()


@pytest.fixture(autouse=True)
def _allow_testserver(settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _fresh_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests use one address; no test waits because another was closed."""
    monkeypatch.setattr("sync.sockets.visitors.backoff", Backoff())
