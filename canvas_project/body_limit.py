"""Refuses HTTP bodies that no view would take.

Django reads the whole body into memory or onto disk before any view runs; without a limit anyone
could fill the disk at any address.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from audit.origin import client_address_of_scope, network_of
from boards.limits.before_body import BODY_FOLLOWS, GO_ON
from canvas_project.path_prefix import path_info_of

JSON_FACTOR = 8
SMALL_BYTES = 2_000
"""Bodies below this size are cheap to read and decode."""
_OF_THE_BODY = (b"content-length", b"transfer-encoding")


class BodyLimit:
    """Wraps an ASGI application; a body above the limit of its path gets 413, unread."""

    def __init__(
        self,
        application: Any,
        max_bytes_of: Callable[[str], int],
        budget: "BodyBudget | None" = None,
        places: "BodyPlaces | None" = None,
        *,
        is_read_from_disk: Callable[[str], bool] = lambda _: False,
        disk_budget: "BodyBudget | None" = None,
    ) -> None:
        """`is_read_from_disk` tells at which addresses bodies are never in memory as a whole. There
        the application is asked first whether it would take one: see `boards.limits.before_body`.
        """
        self._application = application
        self._max_bytes_of = max_bytes_of
        self._budget = budget or BodyBudget(1 << 62)
        self._places = places or BodyPlaces()
        self._is_read_from_disk = is_read_from_disk
        self._disk_budget = disk_budget or BodyBudget(1 << 62)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes the request on unless its body is, or turns out to be, too large."""
        max_bytes = self._max_bytes_of(path_info_of(scope))
        declared = _declared_bytes(scope)
        if declared > max_bytes:
            await _refuse(send, max_bytes)
            return
        who = _network(scope)
        if 0 <= declared <= SMALL_BYTES:
            await self._pass_on(scope, receive, send, max_bytes, who)
            return
        try:
            async with self._places.one_for(who):
                is_on_disk = self._is_read_from_disk(path_info_of(scope))
                if not is_on_disk or await self._would_take(scope, send):
                    await self._pass_on(scope, receive, send, max_bytes, who)
        except TimeoutError:
            await _refuse_for_now(send)

    async def _pass_on(self, scope: Any, receive: Any, send: Any, max_bytes: int, who: str) -> None:
        received = taken = 0
        is_refused = False
        is_on_disk = self._is_read_from_disk(path_info_of(scope))
        budget, factor = (self._disk_budget, 1) if is_on_disk else (self._budget, _factor(scope))

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
                if not is_refused and not budget.take(who, cost):
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
            budget.give_back(who, taken)

    async def _would_take(self, scope: Any, send: Any) -> bool:
        """Whether the application would take the body; if not, its refusal is sent."""
        headers = [header for header in scope["headers"] if header[0].lower() not in _OF_THE_BODY]
        events = iter([{"type": "http.request", "body": b"", "more_body": False}])
        does_take = False

        async def receive() -> Any:
            # Then nothing: Django listens for a disconnect until it has answered.
            return next(events, None) or await asyncio.Future()

        async def send_refusal(event: Any) -> None:
            nonlocal does_take
            if event["type"] == "http.response.start":
                does_take = event["status"] == GO_ON
                event = {**event, "headers": [*event["headers"], (b"connection", b"close")]}
            if not does_take:
                await send(event)

        await self._application(
            {**scope, "headers": headers, BODY_FOLLOWS: True}, receive, send_refusal
        )
        return does_take


class BodyPlaces:
    """Limits how many requests with a sizeable body are handled at once; the others wait.

    Each has its own thread, and together the threads keep Python's global lock from the event loop:
    fifty of them delayed everyone who draws by a tenth of a second. A request that waits here costs
    nothing, and its body stays unread.
    """

    def __init__(self, in_all: int = 8, each: int = 4, wait_seconds: float = 20.0) -> None:
        self._in_all, self._each, self._wait_seconds = in_all, each, wait_seconds
        self._working: Counter[str] = Counter()
        self._waiting: dict[asyncio.Future[None], str] = {}

    @asynccontextmanager
    async def one_for(self, who: str) -> AsyncIterator[None]:
        """Holds a place, given in order of arrival among those allowed to have one. Raises
        TimeoutError.
        """
        await self._wait_for(who)
        try:
            yield
        finally:
            self._working[who] -= 1
            if self._working[who] <= 0:
                del self._working[who]
            self._let_in()

    async def _wait_for(self, who: str) -> None:
        place = asyncio.get_running_loop().create_future()
        self._waiting[place] = who
        self._let_in()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await place
        except BaseException:
            if place.done() and not place.cancelled():  # it was given at the last moment
                self._working[who] -= 1
                self._let_in()
            raise
        finally:
            self._waiting.pop(place, None)

    def _let_in(self) -> None:
        for place, who in list(self._waiting.items()):
            if self._working.total() >= self._in_all:
                return
            if self._working[who] < self._each and not place.done():
                del self._waiting[place]
                self._working[who] += 1
                place.set_result(None)


class BodyBudget:
    """The memory for the bodies of all requests together, in bytes.

    One address may use at most half of it. The first body always fits, however large.
    """

    def __init__(self, in_all: int) -> None:
        self._in_all = in_all
        self._taken = 0
        self._of: Counter[str] = Counter()

    def take(self, who: str, size: int) -> bool:
        """Adds to a body's memory; returns False, and adds nothing, if there is no room."""
        others = self._taken - self._of[who]
        is_alone = self._taken == 0 or (others == 0 and self._of[who] + size <= self._in_all)
        has_room = self._taken + size <= self._in_all and self._of[who] + size <= self._in_all // 2
        if size > 0 and not (has_room or is_alone):
            return False
        self._taken += size
        self._of[who] += size
        return True

    def give_back(self, who: str, size: int) -> None:
        """Releases the memory of a request."""
        self._taken -= size
        self._of[who] -= size
        if self._of[who] <= 0:
            del self._of[who]


def _network(scope: Any) -> str:
    return network_of(client_address_of_scope(scope)) if "client" in scope else ""


def _factor(scope: Any) -> int:
    """The memory needed for each byte of a body: decoded JSON takes many times its size."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-type" and b"json" not in value.lower():
            return 2
    return JSON_FACTOR


def _declared_bytes(scope: Any) -> int:
    """The declared size of the body; -1 if it is chunked."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit():
            return int(value)
        if name.lower() == b"transfer-encoding":
            return -1
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
