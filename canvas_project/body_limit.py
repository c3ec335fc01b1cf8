"""Refuses HTTP bodies that no view would take.

Django reads the whole body, to memory or disk, before the first line of its own code runs; without
a limit anybody could fill the disk at any address.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from audit.origin import client_address_of_scope, network_of

JSON_FACTOR = 8


class BodyLimit:
    """Wraps an ASGI application; a body above what its path may take gets 413, unread."""

    def __init__(
        self,
        application: Any,
        max_bytes_of: Callable[[str], int],
        budget: "BodyBudget | None" = None,
    ) -> None:
        self._application = application
        self._max_bytes_of = max_bytes_of
        self._budget = budget or BodyBudget(1 << 62)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes the request on unless it says, or turns out, to be too long."""
        max_bytes = self._max_bytes_of(scope["path"])
        if _declared_bytes(scope) > max_bytes:
            await _refuse(send, max_bytes)
            return
        received = taken = 0
        is_refused = False
        who = _network(scope)
        factor = _factor(scope)

        async def counted_receive() -> Any:
            nonlocal received, taken, is_refused
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
                if received > max_bytes:
                    if not is_refused:
                        is_refused = True
                        await _refuse(send, max_bytes)
                    return {"type": "http.disconnect"}
                cost = received * factor - taken
                if not is_refused and not self._budget.take(who, cost):
                    is_refused = True
                    await _refuse_for_now(send)
                if is_refused:
                    return {"type": "http.disconnect"}
                taken += cost
            return event

        async def send_unless_refused(event: Any) -> None:
            if not is_refused:
                await send(event)

        try:
            await self._application(scope, counted_receive, send_unless_refused)
        finally:
            self._budget.give_back(who, taken)


class BodyBudget:
    """The memory that the bodies of all requests may need together, in bytes.

    One address has half of it at most. The first body always fits, however large.
    """

    def __init__(self, in_all: int) -> None:
        self._in_all = in_all
        self._taken = 0
        self._of: Counter[str] = Counter()

    def take(self, who: str, size: int) -> bool:
        """Counts more of a body; False, and not counted, when there is no room."""
        others = self._taken - self._of[who]
        is_alone = self._taken == 0 or (others == 0 and self._of[who] + size <= self._in_all)
        has_room = self._taken + size <= self._in_all and self._of[who] + size <= self._in_all // 2
        if size > 0 and not (has_room or is_alone):
            return False
        self._taken += size
        self._of[who] += size
        return True

    def give_back(self, who: str, size: int) -> None:
        """A request has ended."""
        self._taken -= size
        self._of[who] -= size
        if self._of[who] <= 0:
            del self._of[who]


def _network(scope: Any) -> str:
    return network_of(client_address_of_scope(scope)) if "client" in scope else ""


def _factor(scope: Any) -> int:
    """What a body needs in memory for each of its bytes: decoded JSON many times its size."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-type" and b"json" not in value.lower():
            return 2
    return JSON_FACTOR


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


async def _refuse_for_now(send: Any) -> None:
    body = b'{"detail": "The server has too much to read at the moment. Try again."}'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"2"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
