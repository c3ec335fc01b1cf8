"""Admits sockets: on a thread of their own, in turn between networks, each within a time limit.

One thread, since SQLite has one writer and Python one lock: more threads admit no more people in a
second, and edits would wait for each of them. On PostgreSQL they mostly wait for the network.
"""

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DatabaseError, connection
from django.urls import set_script_prefix

from boards.identity.tokens import token_fault
from sync.access.admission import Admission, admit, record_leave
from sync.access.handshake import Request
from sync.access.refusals import RefusedError, record_token_refusal, refused_token
from sync.fair_semaphore import FairSemaphore
from sync.sockets.visitors import Visitor
from sync.storage.store import connected
from sync.wire.close_codes import CloseCode

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_Key = TypeVar("_Key")

AT_ONCE = 1 if connection.vendor == "sqlite" else 4
# So that addresses of pictures have the prefix: Django sets it only for requests.
_with_prefix = partial(set_script_prefix, f"{settings.CANVAS_PATH_PREFIX}/")
_threads = ThreadPoolExecutor(AT_ONCE, "canvas-admission", initializer=_with_prefix)
_semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, FairSemaphore] = WeakKeyDictionary()
_late: set[asyncio.Task[None]] = set()

_open_by_address: Counter[str] = Counter()
_open_by_user: Counter[int] = Counter()


@dataclass(slots=True)
class Usage:
    """How a socket was used, for the audit log."""

    close_code: int | None = None
    updates: int = 0
    bytes_in: int = 0


class Places:
    """The place of one socket within the limits of its network and its account."""

    _lock = threading.Lock()

    def __init__(self, network: str) -> None:
        self.network = network
        self._user_id: int | None = None
        self._is_taken = False

    def take(self, user_id: int | None) -> bool:
        """Takes a place if there is one; called on the admitting thread before anything is
        written.
        """
        with self._lock:
            if _open_by_address[self.network] >= settings.CANVAS_MAX_SOCKETS_PER_ADDRESS:
                return False
            most = settings.CANVAS_MAX_SOCKETS_PER_USER
            if user_id is not None and _open_by_user[user_id] >= most:
                return False
            _open_by_address[self.network] += 1
            if user_id is not None:
                _open_by_user[user_id] += 1
            self._user_id, self._is_taken = user_id, True
            return True

    def give_back(self) -> None:
        """Releases the place if one was taken."""
        with self._lock:
            if self._is_taken:
                self._is_taken = False
                _decrement(_open_by_address, self.network)
                if self._user_id is not None:
                    _decrement(_open_by_user, self._user_id)


def _decrement(counter: Counter[_Key], key: _Key) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]


async def refuse_bad_token(request: Request, visitor: Visitor) -> None:
    """Refuses tokens that can't be valid, without touching the database.

    Raises:
        RefusedError: the token is damaged, expired or not signed by this server.
    """
    fault = token_fault(request.token) if request.token is not None else None
    if fault is None:
        return
    if visitor.should_record():
        await _in_turn(visitor.network, lambda: record_token_refusal(request, fault))
    raise refused_token(fault)


async def admitted_in_time(request: Request, places: Places) -> Admission:
    """Admits a socket; its place is released if that fails.

    A thread can't be stopped: one that takes too long is awaited in the background, and whatever it
    wrote and reserved is undone.

    Raises:
        RefusedError, DatabaseError: as `admit` does.
        TimeoutError: it took longer than CANVAS_ADMISSION_SECONDS.
    """
    work = asyncio.ensure_future(_admitted_in_turn(request, places))
    try:
        await asyncio.wait({work}, timeout=settings.CANVAS_ADMISSION_SECONDS)
    finally:
        if not work.done():
            late = asyncio.create_task(_take_back(work, places), name="canvas-late-admission")
            _late.add(late)
            late.add_done_callback(_late.discard)
    if not work.done():
        raise TimeoutError("the database did not answer in time")
    try:
        return work.result()
    except BaseException:
        places.give_back()
        raise


async def _admitted_in_turn(request: Request, places: Places) -> Admission:
    given_up_at = time.monotonic() + settings.CANVAS_ADMISSION_SECONDS

    def work() -> Admission:
        if time.monotonic() >= given_up_at:
            raise TimeoutError
        return admit(request, places.take)

    return await _in_turn(places.network, work)


async def _take_back(work: asyncio.Future[Admission], places: Places) -> None:
    try:
        admission = await work
    except (RefusedError, DatabaseError, TimeoutError):
        return
    finally:
        places.give_back()
    await left(admission, Usage(int(CloseCode.STORAGE_UNAVAILABLE)), places.network)


async def left(admission: Admission, usage: Usage, network: str) -> None:
    """Records the end of a socket in the audit log; a failing database is only logged."""

    def work() -> None:
        record_leave(
            admission,
            close_code=usage.close_code,
            updates=usage.updates,
            bytes_in=usage.bytes_in,
        )

    try:
        await _in_turn(network, work)
    except DatabaseError:
        logger.exception("storage: the end of a socket could not be recorded")


async def _in_turn(network: str, work: Callable[[], _T]) -> _T:
    loop = asyncio.get_running_loop()
    # One more than there are threads: none waits for the loop to hand it the next.
    semaphore = _semaphores.setdefault(loop, FairSemaphore(AT_ONCE + 1))
    async with semaphore.hold(network):
        return await loop.run_in_executor(_threads, connected, work)
