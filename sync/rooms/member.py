"""One socket as a room sees it: its identity, its access and a bounded outbox.

Nobody ever waits for a socket. A frame is sent at once if the socket is writable, and queued
otherwise; if a reader falls too far behind, its queue is dropped and replaced by one diff of
everything it lacks.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Protocol

from django.conf import settings

from boards.access.resolve import Access
from sync import metrics
from sync.access.admission import Admission
from sync.access.refusals import RefusedError
from sync.rooms.limits import AnswerRate, Followers
from sync.rooms.transport import OnFrame, SocketTransport
from sync.scheduler import Work
from sync.wire.close_codes import CloseCode

CLOSE_TIMEOUT_SECONDS = 5.0
ANSWERS_AT_ONCE = 10


class Source(Protocol):
    """Where a member whose frames were dropped gets the rest: its room."""

    def catch_up(self, member: "Member", answer: Callable[[bytes], None]) -> None:
        """Sends, now or later, a frame with everything that the socket lacks."""

    def ask_for_rest(self, member: "Member") -> None:
        """Asks the client for what it holds and the board does not."""


class Member:
    """A socket in a room."""

    def __init__(
        self, transport: SocketTransport, admission: Admission, *, outbox_bytes: int
    ) -> None:
        self.admission = admission
        self.can_edit = admission.access.can_edit
        self.can_comment = admission.access.can_comment
        self.signer = admission.signer()
        self.client_ids: set[int] = set()
        self.followers = Followers()
        self.answers = AnswerRate(settings.CANVAS_ANSWERS_PER_SECOND, ANSWERS_AT_ONCE)
        self.state_vector = b"\x00"
        self.has_synced = False
        self.updates = 0
        self.gaps = 0
        """How often the client was asked for a missing update without sending it."""
        self.first_gap_at = 0.0
        self.bytes_in = 0
        self.is_closing = False
        self.was_sent_to = False
        self._transport = transport
        self._holds = 0
        self._pause: asyncio.TimerHandle | None = None
        self._limit = outbox_bytes
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._has_lost_frames = False
        self._is_catching_up = False
        self._source: Source | None = None
        self._close: tuple[CloseCode, str] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._has_closed: asyncio.Future[None] | None = None

    @property
    def user_id(self) -> int | None:
        """The account behind the socket; None for an anonymous person."""
        return self.admission.user_id

    @property
    def can_be_told_apart(self) -> bool:
        """Whether this person can be told apart from others: by account, or by a guest's cookie."""
        return self.user_id is not None or self.admission.has_guest_secret

    @property
    def close_code(self) -> int | None:
        """The code with which the server closes the socket; None while it is open."""
        return int(self._close[0]) if self._close else None

    def take_access(self, access: Access | None, refusal: RefusedError | None) -> None:
        """Changes what the socket may do; a refusal closes it.

        Whoever may edit from now on is asked for what was ignored before: it sends nothing by
        itself, so its document would differ from everybody's until it connects again.
        """
        could_edit = self.can_edit
        self.can_edit = access is not None and access.can_edit and refusal is None
        self.can_comment = access is not None and access.can_comment and refusal is None
        if refusal is not None:
            self.close(refusal.code, refusal.reason)
        elif self.can_edit and not could_edit and self._source is not None:
            self._source.ask_for_rest(self)

    def start(self, source: Source) -> None:
        """Starts; dropped frames are replaced by diffs from `source`."""
        self._source = source

    def attach(self, on_frame: OnFrame) -> None:
        """Connects to the transport: writes what is offered, and passes on arriving frames."""
        work = Work.EDITS if self.can_edit else Work.INCOMING
        self._transport.attach(self._flush, on_frame, work)
        self._flush()

    def offer(self, frame: bytes, *, is_presence: bool = False) -> bool:
        """Sends a frame, or queues it, without waiting. False if it is dropped.

        Past the limit, presence is dropped, because it is renewed anyway. Updates are dropped with
        everything queued, and replaced by one diff as soon as the socket drains.
        """
        if self.is_closing or (self._has_lost_frames and not is_presence):
            return False
        if self._transport.is_writable and not (self._frames or self._is_catching_up):
            self._write(frame)
            return True
        if self._bytes + len(frame) <= self._limit or not self._frames:
            self._frames.append(frame)
            self._bytes += len(frame)
            return True
        if not is_presence:
            metrics.OUTBOX_DROPS.inc()
            self._frames.clear()
            self._bytes = 0
            self._has_lost_frames = True
        return False

    def count_in(self, size: int) -> None:
        """Counts an arriving frame; pauses reading for a moment if there are too many."""
        self.bytes_in += size
        if self._transport.counts_frames:
            return
        seconds = self._transport.read_rate.seconds_too_soon(size)
        if seconds and self._pause is None:
            metrics.HELD_READS.inc()
            self.hold()
            self._pause = asyncio.get_running_loop().call_later(seconds, self._end_pause)

    def charge(self, frames: int) -> None:
        """Counts extra work caused by a frame; it delays the next frames."""
        self._transport.read_rate.charge(frames)

    def _end_pause(self) -> None:
        self._pause = None
        self.release()

    def hold(self) -> None:
        """Stops reading from the socket until `release` has been called as often."""
        self._holds += 1
        if self._holds == 1:
            self._transport.hold()

    def release(self) -> None:
        """Undoes one `hold`."""
        self._holds -= 1
        if self._holds == 0:
            self._transport.release()

    async def rest(self) -> None:
        """Waits while nothing should be read."""
        await self._transport.rest()

    def close(self, code: CloseCode, reason: str = "") -> None:
        """Sends what is queued, then the close frame. The first call wins."""
        if not self.is_closing:
            self.is_closing = True
            self._close = (code, reason)
            self._flush()

    async def stop(self) -> None:
        """Ends the outbox; a socket that does not accept its last frames gets a few seconds."""
        if self._close is not None and (self._closing is None or not self._closing.done()):
            self._has_closed = asyncio.get_running_loop().create_future()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._has_closed, CLOSE_TIMEOUT_SECONDS)
        self.is_closing = True
        self.answers.stop()
        if self._pause is not None:
            self._pause.cancel()
        if self._closing is not None:
            self._closing.cancel()
        self._transport.stop()

    def _write(self, frame: bytes) -> None:
        self.was_sent_to = True
        self._transport.write(frame)

    def _flush(self) -> None:
        while self._transport.is_writable and not self._is_catching_up:
            if self._frames:
                frame = self._frames.popleft()
                self._bytes -= len(frame)
                self._write(frame)
            elif self._has_lost_frames and self._source is not None:
                # What is committed while the diff is made is queued after it.
                self._has_lost_frames = False
                self._is_catching_up = True
                self._source.catch_up(self, self._catch_up)
            else:
                if self._close is not None and self._closing is None:
                    self._closing = asyncio.create_task(self._send_close(*self._close))
                return

    def _catch_up(self, frame: bytes) -> None:
        self._is_catching_up = False
        self._write(frame)
        self._flush()

    async def _send_close(self, code: CloseCode, reason: str) -> None:
        try:
            await self._transport.close(int(code), reason)
        finally:
            if self._has_closed is not None and not self._has_closed.done():
                self._has_closed.set_result(None)
