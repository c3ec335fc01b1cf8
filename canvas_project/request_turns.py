"""Gives HTTP requests their turn at Django, fairly between networks.

Django has a thread for each request, and together the threads keep Python's global lock from the
event loop and the commit thread: a hundred at once delayed everyone who draws by a quarter of a
second. A request that waits here costs nothing. Refusing it instead would not help: a client
that is answered asks again.
"""

import asyncio
import sys
import threading
import time
from typing import Any

from audit.origin import client_address_of_scope, network_of
from sync.fair_semaphore import FairSemaphore
from sync.rendering.gone import GONE_KEY

AHEAD = 32
"""Requests of a network that asked little lately go first: a page with all of its files."""
HOLD_SECONDS = 0.05
"""How long a request may wait for something else until others get its turn."""
LONGEST_SECONDS = 1.0
"""How long a request may compute until others get its turn."""
WORKING_SHARE = 0.01
"""Of the time since the last look: a thread that had less of a processor waits for something. One
that computes beside others, for Python's global lock and for a processor, has much less than all.
"""
TURN_KEY = "canvas.turn"
REST_SHARE = 1.0
REST_SHARE_OF_MANY = 2.0
"""While others wait, a turn rests for this part of the time that it took: longer after a request
of a network that asked as much as any lately. Python's lock and a processor are free meanwhile.
"""
WAIT_SECONDS = 20.0
RETRY_AFTER = b"5"


class RequestTurns:
    """Wraps an ASGI application: a request begins, once its body is there, when it is its turn.

    A turn ends with the head of the answer. A request that waited for too long gets 503.
    """

    def __init__(
        self, application: Any, *, at_once: int, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._application = application
        self._turns = FairSemaphore(at_once, ahead=AHEAD)
        self._wait_seconds = wait_seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes the request on, with its last event held back until its turn."""
        turn = _Turn(self._turns)
        is_gone = threading.Event()
        is_refused = False
        gone: asyncio.Task[Any] | None = None

        async def receive_in_turn() -> Any:
            nonlocal is_refused, gone
            if gone is not None:
                return await asyncio.shield(gone)
            event = await receive()
            if event["type"] != "http.request" or event.get("more_body", False):
                return event
            # A client that goes away while it waits must not cost a turn.
            gone = asyncio.ensure_future(receive())
            gone.add_done_callback(lambda _: is_gone.set())
            begin = asyncio.ensure_future(turn.begin(_network(scope), self._wait_seconds))
            try:
                await asyncio.wait({begin, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not begin.done():
                    return gone.result()
            finally:
                begin.cancel()
            if not begin.result():
                is_refused = True
                await _refuse(send)
                return {"type": "http.disconnect"}
            return event

        async def send_and_end(event: Any) -> None:
            turn.end()
            if not is_refused:
                await send(event)

        try:
            await self._application(
                {**scope, TURN_KEY: turn, GONE_KEY: is_gone}, receive_in_turn, send_and_end
            )
        finally:
            turn.end()
            if gone is not None:
                gone.cancel()


def begins_here(scope: Any) -> None:
    """Says that the current thread works on the request with this scope until it is answered."""
    turn = scope.get(TURN_KEY)
    if turn is not None and sys.platform == "linux":
        turn.clock = time.pthread_getcpuclockid(threading.get_ident())


class _Turn:
    """The turn of one request, from `begin` to `end`."""

    def __init__(self, turns: FairSemaphore) -> None:
        self._turns = turns
        self._began_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._rest_share = REST_SHARE
        self.clock: int | None = None
        """Of the thread that works on it: counts the seconds that it had a processor."""
        self._worked = 0.0

    async def begin(self, network: str, wait_seconds: float) -> bool:
        """Waits until it is this request's turn; False if that takes too long."""
        try:
            async with asyncio.timeout(wait_seconds):
                asks_little = await self._turns.acquire(network)
        except TimeoutError:
            return False
        self._rest_share = REST_SHARE if asks_little else REST_SHARE_OF_MANY
        loop = asyncio.get_running_loop()
        self._began_at = loop.time()
        self._timer = loop.call_later(HOLD_SECONDS, self._look)
        return True

    def _look(self) -> None:
        """Passes the turn on, unless its request is at work.

        If others began beside one that computes, all of them would take longer, and each would let
        another begin.
        """
        loop = asyncio.get_running_loop()
        worked = self._seconds_of_work()
        is_working = worked - self._worked >= HOLD_SECONDS * WORKING_SHARE
        self._worked = worked
        if is_working and loop.time() - self._began_at < LONGEST_SECONDS:
            self._timer = loop.call_later(HOLD_SECONDS, self._look)
        else:
            self.end()

    def _seconds_of_work(self) -> float:
        if self.clock is None or sys.platform != "linux":
            return 0.0
        try:
            return time.clock_gettime(self.clock)
        except OSError:  # the thread has ended
            return self._worked

    def end(self) -> None:
        """Passes the turn on, after a rest if others wait."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        loop = asyncio.get_running_loop()
        if self._turns.is_wanted:
            took = min(loop.time() - self._began_at, LONGEST_SECONDS)
            loop.call_later(took * self._rest_share, self._turns.release)
        else:
            self._turns.release()


def _network(scope: Any) -> str:
    return network_of(client_address_of_scope(scope)) if "client" in scope else ""


async def _refuse(send: Any) -> None:
    body = b'{"detail": "The server is busy. Try again in a moment."}'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", RETRY_AFTER),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
