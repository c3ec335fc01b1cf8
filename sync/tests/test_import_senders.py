"""Imports are read from people who may edit; nothing is read from anybody else."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User

from audit.actions import AuditAction
from audit.models import AuditLog
from boards.identity.tokens import issue_access_token
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import make_board
from canvas_project.asgi import application
from sync.tests.test_large_files import drawing
from sync.tests.yclient import HOST

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = json.dumps(drawing(100)).encode()


async def sent(board: Board, token: str | None, *, is_chunked: bool = False) -> tuple[Any, bool]:
    """The start of the answer to an import, and whether the body was read."""
    length = (b"transfer-encoding", b"chunked")
    if not is_chunked:
        length = (b"content-length", str(len(LARGE)).encode())
    headers = [HOST, (b"content-type", b"application/json"), length]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": f"/api/v1/boards/{board.pk}/import",
        "query_string": b"",
        "headers": headers,
    }
    communicator: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    await communicator.send_input({"type": "http.request", "body": LARGE, "more_body": False})
    start = await communicator.receive_output(timeout=10)
    is_read = communicator.input_queue.empty()
    while (await communicator.receive_output(timeout=10)).get("more_body"):
        pass
    await communicator.wait(timeout=10)
    return start, is_read


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize(("who", "status"), [(None, 403), ("no", 401), ("charlie", 404)])
async def test_nothing_is_read_from_who_may_not_edit(
    who: str | None, status: int, is_chunked: bool, board: Board, charlie: User
) -> None:
    token = (await sync_to_async(issue_access_token)(charlie))[0] if who == "charlie" else who
    start, is_read = await sent(board, token, is_chunked=is_chunked)
    assert start["status"] == status
    assert (b"connection", b"close") in start["headers"]
    assert not is_read


async def test_nor_from_viewers(alice: User, bob: User) -> None:
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.VIEW})
    start, is_read = await sent(board, (await sync_to_async(issue_access_token)(bob))[0])
    assert (start["status"], is_read) == (403, False)


async def test_people_who_may_edit_import_once(board: Board, bob: User) -> None:
    token, _ = await sync_to_async(issue_access_token)(bob)
    start, is_read = await sent(board, token)
    assert (start["status"], is_read) == (200, True)
    rows = AuditLog.objects.filter(board_id=board.pk, action=AuditAction.ROOM_IMPORT)
    assert [row.data["elements"] async for row in rows] == [100]
