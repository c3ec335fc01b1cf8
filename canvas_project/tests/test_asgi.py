"""The ASGI layers between the network and Django."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from canvas_project.asgi import MAX_BODY_BYTES, max_body_bytes
from canvas_project.body_limit import BodyBudget, BodyLimit


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body and answers with its size."""
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        size += len(event["body"])
        if not event.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def status_of(headers: list[tuple[bytes, bytes]], *chunks: bytes) -> int:
    scope = {"type": "http", "path": "/", "headers": headers}
    limited = BodyLimit(echo, lambda path: 100)
    communicator: Any = ApplicationCommunicator(limited, scope)  # type: ignore[no-untyped-call]
    for index, chunk in enumerate(chunks):
        more = index < len(chunks) - 1
        await communicator.send_input({"type": "http.request", "body": chunk, "more_body": more})
    return int((await communicator.receive_output())["status"])


@pytest.mark.parametrize(
    ("headers", "chunks", "status"),
    [
        ([], [b"x" * 101], 413),
        ([], [b"x" * 60, b"x" * 60, b"x"], 413),
        ([(b"content-length", b"101")], [], 413),
        ([(b"Content-Length", b"99999999999")], [], 413),
        ([(b"content-length", b"5")], [b"x" * 50, b"x" * 51], 413),
        ([], [b"x" * 100], 200),
        ([(b"content-length", b"100")], [b"x" * 50, b"x" * 50], 200),
        ([(b"content-length", b"nonsense")], [b""], 200),
    ],
)
async def test_a_body_that_is_too_long_is_refused(
    headers: list[tuple[bytes, bytes]], chunks: list[bytes], status: int
) -> None:
    assert await status_of(headers, *chunks) == status


def test_imports_have_a_limit_of_their_own() -> None:
    board = "/api/v1/boards/0b6cc4d4-8b0f-4f2c-9d3a-6e3f7d1c2a11/"
    assert max_body_bytes(f"{board}import") == settings.CANVAS_MAX_IMPORT_BYTES
    assert max_body_bytes(f"{board}import/") == settings.CANVAS_MAX_IMPORT_BYTES
    for path in (f"{board}elements", f"{board}document", f"{board}files/f1"):
        assert max_body_bytes(path) == MAX_BODY_BYTES


def test_only_what_carries_a_drawing_may_be_long() -> None:
    board = "/api/v1/boards/0b6cc4d4-8b0f-4f2c-9d3a-6e3f7d1c2a11/"
    for path in (
        f"{board}import/x",
        f"/x{board}import",
        "/",
        "/api/v1/auth/token",
        f"{board}links",
    ):
        assert max_body_bytes(path) == 65_536


async def test_bodies_of_all_requests_share_one_budget() -> None:
    budget = BodyBudget(1000)
    assert budget.take("a", 500)
    assert not budget.take("b", 600)
    assert budget.take("b", 400)
    assert not budget.take("a", 50)  # one address has half at most
    budget.give_back("a", 500)
    budget.give_back("b", 400)
    assert budget.take("a", 5000)  # alone, however large
    limited = BodyLimit(echo, lambda path: 100, budget)
    scope = {"type": "http", "path": "/", "headers": []}
    communicator: Any = ApplicationCommunicator(limited, scope)  # type: ignore[no-untyped-call]
    await communicator.send_input({"type": "http.request", "body": b"x", "more_body": False})
    answer = await communicator.receive_output()
    assert answer["status"] == 503
    assert (b"retry-after", b"2") in answer["headers"]
