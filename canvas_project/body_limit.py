"""Refuses HTTP bodies that no view would take.

Django reads the whole body, to memory or disk, before the first line of its own code runs; without
a limit anybody could fill the disk at any address.
"""

from collections.abc import Callable
from typing import Any


class BodyLimit:
    """Wraps an ASGI application; a body above what its path may take gets 413, unread."""

    def __init__(self, application: Any, max_bytes_of: Callable[[str], int]) -> None:
        self._application = application
        self._max_bytes_of = max_bytes_of

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes the request on unless it says, or turns out, to be too long."""
        max_bytes = self._max_bytes_of(scope["path"])
        if _declared_bytes(scope) > max_bytes:
            await _refuse(send, max_bytes)
            return
        received = 0
        is_refused = False

        async def counted_receive() -> Any:
            nonlocal received, is_refused
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
                if received > max_bytes:
                    if not is_refused:
                        is_refused = True
                        await _refuse(send, max_bytes)
                    return {"type": "http.disconnect"}
            return event

        async def send_unless_refused(event: Any) -> None:
            if not is_refused:
                await send(event)

        await self._application(scope, counted_receive, send_unless_refused)


def _declared_bytes(scope: Any) -> int:
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Any, max_bytes: int) -> None:
    body = b'{"detail": "This request is too big. Up to %d bytes are taken here."}' % max_bytes
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
