"""The frames of one socket on their way to its room, in the order in which they arrived.

A small frame is read and handed over at once. Reading a large one takes up to a third of a second,
which everybody else would wait for: it is read on a thread, in short steps, and the socket is not
read from meanwhile.
"""

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from django.conf import settings

from sync import metrics, protocol
from sync.air import Steps
from sync.close_codes import CloseCode
from sync.document import DocumentError
from sync.limits import CLIENT_LIMITS
from sync.member import Member
from sync.protocol import Kind, Malformed
from sync.room import Room
from sync.slices import parts
from sync.validation import Parsed, parse

logger = logging.getLogger(__name__)

LARGE_FRAME_BYTES = 1 << 15

# One thread: large frames of many sockets take turns, and leave Python's lock to the event loop.
_reader = ThreadPoolExecutor(1, "canvas-parse")


class _Message(NamedTuple):
    kind: Kind
    payload: bytes
    parsed: Parsed | None = None


class Intake:
    """Takes the frames of one socket; a fault closes that socket alone."""

    __slots__ = ("_member", "_room", "_task", "_waiting")

    def __init__(self, room: Room, member: Member) -> None:
        self._room = room
        self._member = member
        self._waiting: deque[bytes] = deque()
        self._task: asyncio.Task[None] | None = None

    def take(self, data: bytes) -> None:
        """Handles one frame, now or after those before it. Never raises."""
        member = self._member
        if member.is_closing:
            return
        member.count_in(len(data))
        if len(data) > settings.CANVAS_MAX_FRAME_BYTES:
            member.close(CloseCode.TOO_BIG, "This change is too big to be sent at once.")
        elif self._task is not None:
            self._waiting.append(data)
        elif len(data) <= LARGE_FRAME_BYTES:
            self._handle(data)
        else:
            self._waiting.append(data)
            member.hold()
            self._task = asyncio.create_task(self._work_off(), name="canvas-intake")

    async def finish(self) -> None:
        """Returns when every frame that arrived has been handled."""
        if self._task is not None:
            await self._task

    async def _work_off(self) -> None:
        try:
            while self._waiting and not self._member.is_closing:
                data = self._waiting.popleft()
                if len(data) <= LARGE_FRAME_BYTES:
                    self._handle(data)
                else:
                    await self._handle_large(data)
        finally:
            self._waiting.clear()
            self._task = None
            self._member.release()

    async def _handle_large(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        # What the sender may do can change meanwhile; the room looks at it again.
        read = partial(_read, data, may_edit=self._member.can_edit)
        try:
            for message in await loop.run_in_executor(_reader, read):
                self._hand_over(*message)
        except (Malformed, DocumentError) as error:
            self._refuse(error)

    def _handle(self, data: bytes) -> None:
        try:
            for kind, payload in protocol.decode_frame(data):
                self._hand_over(kind, payload)
        except (Malformed, DocumentError) as error:
            self._refuse(error)

    def _hand_over(self, kind: Kind, payload: bytes, parsed: Parsed | None = None) -> None:
        room, member = self._room, self._member
        if kind is Kind.UPDATE:
            room.receive_update(member, payload, parsed)
        elif kind is Kind.AWARENESS:
            room.presence.receive(member, payload)
        elif kind is Kind.STEP1:
            room.diffs.receive_step1(member, payload)
        else:
            member.answers.ask("presence", partial(room.presence.send_everyone, member))

    def _refuse(self, error: Malformed | DocumentError) -> None:
        reason = error.reason if isinstance(error, Malformed) else "the update cannot be read"
        metrics.REFUSED.labels(reason).inc()
        logger.warning("board %s: a frame was refused: %s", self._room.board_id, reason)
        self._member.close(CloseCode.MALFORMED, f"Not accepted: {reason}.")


def _read(data: bytes, *, may_edit: bool) -> list[_Message]:
    """The messages of a frame; updates are parsed if their sender may edit. Raises Malformed."""
    steps = Steps()
    messages: list[_Message] = []
    for kind, payload in protocol.decode_frame(data):
        if kind is Kind.UPDATE and may_edit:
            read = parts(payload, parse(payload, CLIENT_LIMITS, steps.end_step))
            messages += [_Message(kind, *part) for part in read]
        else:
            messages.append(_Message(kind, payload))
    return messages
