"""The outbox of a socket: ordered, bounded, and honest about what was dropped."""

import asyncio
import uuid
from collections.abc import Callable

import pytest

from audit.origin import SYSTEM_ORIGIN
from boards.access.resolve import Access, Entry
from boards.levels import AccessLevel
from sync.access.admission import Admission
from sync.access.handshake import Request
from sync.rooms.member import Member
from sync.rooms.transport import AsgiTransport
from sync.wire.close_codes import CloseCode

CATCH_UP = b"everything you lack"


class Reader:
    """A socket whose reader can stop reading."""

    def __init__(self) -> None:
        self.received: list[object] = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def send(self, message: dict[str, object]) -> None:
        await self.reads.wait()
        self.received.append(message.get("bytes", message.get("code")))


class Source:
    """A stand-in for the room: what a member asks of it."""

    def catch_up(self, member: Member, answer: Callable[[bytes], None]) -> None:
        asyncio.get_running_loop().call_soon(answer, CATCH_UP)

    def ask_for_rest(self, member: Member) -> None:
        """No access changes here."""


def make_member(reader: Reader, outbox_bytes: int = 100) -> Member:
    board_id = uuid.uuid4()
    request = Request(board_id, None, None, Entry.BOARD, False, True, SYSTEM_ORIGIN)
    access = Access(board_id, AccessLevel.EDIT, "owner", True, 1)
    admission = Admission(request, 1, "A", access, None)
    member = Member(AsgiTransport(reader.send), admission, outbox_bytes=outbox_bytes)
    member.start(Source())
    member.attach(lambda frame: None)
    return member


async def drained(reader: Reader, count: int) -> list[object]:
    async with asyncio.timeout(5):
        while len(reader.received) < count:  # noqa: ASYNC110
            await asyncio.sleep(0)
    return reader.received


async def test_frames_arrive_in_order() -> None:
    reader = Reader()
    member = make_member(reader)
    frames = [bytes((n,)) * 10 for n in range(9)]
    for frame in frames:
        member.offer(frame)
    assert await drained(reader, 9) == frames
    await member.stop()


async def test_a_reader_that_stops_gets_one_diff_instead_of_what_it_missed() -> None:
    reader = Reader()
    member = make_member(reader)
    reader.reads.clear()
    member.offer(b"first")
    await asyncio.sleep(0)
    for _ in range(1000):
        member.offer(b"x" * 40)
    assert member._bytes <= 100
    reader.reads.set()
    await drained(reader, 2)
    assert reader.received == [b"first", CATCH_UP]
    member.offer(b"after")
    assert (await drained(reader, 3))[-1] == b"after"
    await member.stop()


async def test_presence_is_dropped_first_and_costs_no_diff() -> None:
    reader = Reader()
    member = make_member(reader)
    reader.reads.clear()
    member.offer(b"u" * 60)
    member.offer(b"v" * 60)
    for _ in range(100):
        member.offer(b"p" * 50, is_presence=True)
    reader.reads.set()
    assert await drained(reader, 2) == [b"u" * 60, b"v" * 60]
    await member.stop()


async def test_a_frame_larger_than_the_outbox_still_arrives() -> None:
    reader = Reader()
    member = make_member(reader)
    member.offer(b"x" * 1000)
    assert await drained(reader, 1) == [b"x" * 1000]
    await member.stop()


async def test_closing_sends_what_is_queued_and_then_one_code() -> None:
    reader = Reader()
    member = make_member(reader)
    member.offer(b"last words")
    member.close(CloseCode.NO_PERMISSION, "gone")
    member.close(CloseCode.MALFORMED, "too late")
    member.offer(b"never")
    await member.stop()
    assert reader.received == [b"last words", CloseCode.NO_PERMISSION]


async def test_a_frozen_socket_does_not_hold_up_its_own_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sync.rooms.member.CLOSE_TIMEOUT_SECONDS", 0.01)
    reader = Reader()
    member = make_member(reader)
    reader.reads.clear()
    member.offer(b"stuck")
    member.close(CloseCode.RESTARTING)
    async with asyncio.timeout(2):
        await member.stop()
