"""A body that comes in chunks, without its length, is read like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from boards.identity.tokens import issue_access_token
from boards.models import Board
from boards.tests.uploads import image_bytes
from canvas_project.asgi import application

BOX = {"id": "box", "type": "rectangle", "x": 0, "y": 0, "width": 9, "height": 9}
FILE = json.dumps({"type": "excalidraw", "version": 2, "elements": [BOX], "files": {}}).encode()
REQUESTS: dict[str, tuple[str, str, bytes, bytes, int]] = {
    "board": ("POST", "boards", b"application/json", b'{"title": "New"}', 201),
    "elements": (
        "POST", "boards/{}/elements", b"application/json", json.dumps({"create": [BOX]}).encode(),
        200,
    ),
    "import": ("POST", "boards/{}/import", b"application/json", FILE, 200),
    "update": ("POST", "boards/{}/document", b"application/octet-stream", b"\0\0", 200),
    "image": ("PUT", "boards/{}/files/f1", b"image/png", image_bytes(), 201),
    "nothing": ("POST", "boards/{}/duplicate", b"application/json", b"", 201),
}  # fmt: skip


async def answer_to(
    user: User, method: str, path: str, body: bytes, *headers: tuple[bytes, bytes]
) -> tuple[int, Any]:
    token, _ = await sync_to_async(issue_access_token)(user)
    scope = {
        "type": "http",
        "method": method,
        "path": f"/api/v1/{path}",
        "headers": [
            (b"host", b"127.0.0.1"), (b"authorization", f"Bearer {token}".encode()), *headers
        ],
    }  # fmt: skip
    communicator: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    middle = len(body) // 2
    for part, is_last in ((body[:middle], False), (body[middle:], True)):
        event = {"type": "http.request", "body": part, "more_body": not is_last}
        await communicator.send_input(event)
    status, text, more = 0, b"", True
    while more:
        event = await communicator.receive_output(timeout=10)
        status = event.get("status", status)
        text += event.get("body", b"")
        more = event["type"] != "http.response.body" or event.get("more_body", False)
    await communicator.wait(timeout=10)
    return status, json.loads(text) if text else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_body_is_read_with_and_without_its_length(
    board: Board, alice: User, settings: Settings, tmp_path: Path, name: str, is_chunked: bool
) -> None:
    settings.CANVAS_FILES_DIR = tmp_path
    method, path, media_type, body, expected = REQUESTS[name]
    length = (b"content-length", str(len(body)).encode())
    if is_chunked:
        length = (b"transfer-encoding", b"chunked")
    answered = await answer_to(
        alice, method, path.format(board.pk), body, (b"content-type", media_type), length
    )
    assert answered[0] == expected, answered


@pytest.mark.django_db(transaction=True)
async def test_a_body_in_chunks_above_the_limit_is_refused(board: Board, alice: User) -> None:
    body = json.dumps({"title": "x" * 70_000}).encode()
    headers = ((b"content-type", b"application/json"), (b"transfer-encoding", b"chunked"))
    status, answer = await answer_to(alice, "POST", "boards", body, *headers)
    assert (status, "65536" in answer["detail"]) == (413, True)
