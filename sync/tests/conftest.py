"""Fixtures of the sync tests: every test ends with its rooms closed."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from django.contrib.auth.models import User

from boards.access.resolve import Access
from boards.models import Board
from sync.access.admission import Admission, access_of, identity_now
from sync.rooms.registry import close_rooms
from sync.sockets.backoff import Backoff
from sync.tests.yclient import YClient, token_query

Open = Callable[..., Awaitable[YClient]]


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
        from asgiref.sync import sync_to_async

        query = await sync_to_async(token_query)(user, extra) if user else extra
        client = await YClient.open(board, query, headers)
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.close()
    await close_rooms()


@pytest.fixture(autouse=True)
def _allow_testserver(settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _fresh_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests use one address; no test waits because another was closed."""
    monkeypatch.setattr("sync.sockets.visitors.backoff", Backoff())
