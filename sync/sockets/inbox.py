"""Passes the frames of one socket to its room, in order of arrival.

A small frame is decoded and passed on at once. A large one takes seconds, which would stall
everyone else, so it is read on a thread in short steps and passed on in parts, each after the one
before is committed. Later frames wait; beyond a limit the socket is not read.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings

from sync import metrics
from sync.document.yjs import DocumentError
from sync.rooms.member import Member
from sync.rooms.room import Room
from sync.scheduler import Steps
from sync.wire import frames
from sync.wire.budgets import BoardFullError, FullForNowError, TooOftenError
from sync.wire.close_codes import CloseCode
from sync.wire.frames import Kind, MalformedError
from sync.wire.parsed import Parsed

logger = logging.getLogger(__name__)

LARGE_FRAME_BYTES = 2_500
"""Frames up to this size are read on the event loop; the most expensive one takes a few
milliseconds.
"""

NEVER_TOO_BIG_BYTES = 1_000
"""Below the smallest limit that the settings allow, so that it need not be looked up."""

MAX_WAITING_BYTES = 1_000_000
"""Size of the frames of one socket that wait behind a large one; above it the socket is not
read.
"""
MAX_WAITING_IN_ALL_BYTES = 32_000_000
"""Of all sockets: above it nothing more is read from any socket that has a frame waiting."""
LARGE_AT_ONCE = 4
"""Large frames read at once; each takes about twice its size in memory."""
SETTLE_SECONDS = 1.0

# A single thread, so that large frames of many sockets alternate and leave Python's lock to the
# event loop.
_reader = ThreadPoolExecutor(1, "canvas-parse")
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


_waiting_in_all = 0


class _Message(NamedTuple):
    kind: Kind
    payload: bytes
    parsed: Parsed | None = None


class Inbox:
    """Takes the frames of one socket; a violation closes only that socket."""

    __slots__ = ("_is_holding", "_member", "_room", "_task", "_waiting", "_waiting_bytes")

    def __init__(self, room: Room, member: Member) -> None:
        self._room = room
        self._member = member
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._is_holding = False
        self._task: asyncio.Task[None] | None = None

    def take(self, data: bytes) -> None:
        """Handles one frame, now or after earlier ones. Never raises."""
        member = self._member
        if member.is_closing:
            return
        member.count_in(len(data))
        if len(data) > NEVER_TOO_BIG_BYTES and len(data) > (limit := _max_bytes(member)):
            member.close(CloseCode.TOO_BIG, _too_big(limit))
        elif self._task is not None:
            self._wait(data)
        elif len(data) <= LARGE_FRAME_BYTES:
            self._handle(data)
        else:
            self._wait(data)
            self._task = asyncio.create_task(self._work_off(), name="canvas-inbox")

    async def finish(self) -> None:
        """Returns when every frame that arrived has been handled, if it may hold an edit."""
        if self._task is not None:
            if not self._member.can_edit:
                self._forget_waiting()
            await self._task

    def _wait(self, data: bytes) -> None:
        self._waiting.append(data)
        self._count_waiting(len(data))

    def _count_waiting(self, size: int) -> None:
        # Pongs must be read: a socket held for long would otherwise count as dead.
        global _waiting_in_all
        self._waiting_bytes += size
        _waiting_in_all += size
        limit = MAX_WAITING_BYTES if _waiting_in_all <= MAX_WAITING_IN_ALL_BYTES else 0
        is_too_much = self._waiting_bytes > limit
        if is_too_much and not self._is_holding:
            self._is_holding = True
            self._member.hold()
        elif self._is_holding and not is_too_much:
            self._is_holding = False
            self._member.release()

    def _forget_waiting(self) -> None:
        self._waiting.clear()
        self._count_waiting(-self._waiting_bytes)

    async def _work_off(self) -> None:
        try:
            while self._waiting and not self._member.is_closing:
                data = self._waiting.popleft()
                self._count_waiting(-len(data))
                if len(data) <= LARGE_FRAME_BYTES:
                    self._handle(data)
                else:
                    await self._handle_large(data)
        finally:
            self._forget_waiting()
            self._task = None

    async def _handle_large(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        # The sender's access may change meanwhile; the room checks it again.
        messages = _read(data, self._room, may_edit=self._member.can_edit)
        next_message = partial(next, messages, None)
        turn = _turns.setdefault(loop, asyncio.Semaphore(LARGE_AT_ONCE))
        async with turn:
            try:
                while message := await loop.run_in_executor(_reader, next_message):
                    self._hand_over(*message)
                    await self._until_taken()
            except (MalformedError, DocumentError) as error:
                self._refuse(error)

    async def _until_taken(self) -> None:
        """Waits until the room has committed everything from this socket."""
        room, member = self._room, self._member
        while room.has_edits_of(member) and not member.is_closing:
            # With a time limit: a room that has been given up never settles.
            await room.until_settled(SETTLE_SECONDS)

    def _handle(self, data: bytes) -> None:
        try:
            messages = frames.decode_frame(data)
            if len(messages) > 1:
                self._member.charge(len(messages) - 1)
            for kind, payload in messages:
                if kind is Kind.STEP1:
                    self._room.answers.check_step1(payload, _no_step)
                self._hand_over(kind, payload)
        except (MalformedError, DocumentError) as error:
            self._refuse(error)

    def _hand_over(self, kind: Kind, payload: bytes, parsed: Parsed | None = None) -> None:
        room, member = self._room, self._member
        if kind is Kind.UPDATE:
            room.receive_update(member, payload, parsed)
        elif kind is Kind.AWARENESS:
            room.presence.receive(member, payload)
        elif kind is Kind.STEP1:
            room.answers.receive_step1(member, payload)
        else:
            member.answers.ask("presence", partial(room.presence.send_everyone, member))

    def _refuse(self, error: MalformedError | DocumentError) -> None:
        reason = error.reason if isinstance(error, MalformedError) else "the update cannot be read"
        metrics.REFUSED.labels(reason).inc()
        logger.warning("board %s: a frame was refused: %s", self._room.board_id, reason)
        self._member.close(_code_of(error), f"Not accepted: {reason}.")


def _no_step() -> None:
    """Small frames are read in one step."""


def _code_of(error: MalformedError | DocumentError) -> CloseCode:
    if isinstance(error, FullForNowError):
        return CloseCode.TOO_MANY
    if isinstance(error, BoardFullError):
        return CloseCode.TOO_BIG
    return CloseCode.TOO_MANY if isinstance(error, TooOftenError) else CloseCode.MALFORMED


def _max_bytes(member: Member) -> int:
    if member.can_edit:
        return settings.CANVAS_MAX_FRAME_BYTES
    return min(settings.CANVAS_MAX_VIEWER_FRAME_BYTES, settings.CANVAS_MAX_FRAME_BYTES)


def _too_big(limit: int) -> str:
    """The reason fits the 123 bytes of a close frame."""
    return f"Too big: a message may have at most {limit:,} bytes. Send the change in parts."


def _read(data: bytes, room: Room, *, may_edit: bool) -> Iterator[_Message]:
    """Yields the messages of a frame on demand, updates in parts. Raises MalformedError."""
    for kind, payload in frames.decode_frame(data):
        if kind is Kind.UPDATE and may_edit:
            steps = Steps()
            for part in room.read_parts(payload, steps.end_step):
                yield _Message(kind, *part)
                steps = Steps()
        else:
            if kind is Kind.STEP1:
                room.answers.check_step1(payload, Steps().end_step)
            yield _Message(kind, payload)
