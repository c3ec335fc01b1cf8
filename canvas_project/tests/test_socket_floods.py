"""Every byte of a socket counts, and nothing is handled beyond the rate."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as live

from canvas_project.tests.test_websocket import (
    BINARY,
    CONTINUATION,
    HANDSHAKE,
    PING,
    frame,
    serving,
)
from canvas_project.websocket import DirectProtocol
from canvas_project.websocket_stream import UNREAD_SECONDS
from sync.rooms.transport import SocketTransport, transport_of

pytestmark = pytest.mark.alone

FRAMES_PER_SECOND, BURST_SECONDS = 100, 1


class Application:
    """An application that lets a socket in when it is told to, and counts what arrives."""

    def __init__(self, *, lets_in: bool = True) -> None:
        self.may_enter = asyncio.Event()
        if lets_in:
            self.may_enter.set()
        self.seen: list[bytes] = []
        self.transport: SocketTransport | None = None
        self.on_frame: Callable[[bytes], None] = self.seen.append
        self.ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.transport = transport_of(scope, send)
        await self.may_enter.wait()
        self.transport.attach(lambda: None, lambda data: self.on_frame(data))
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.ended.set()


@pytest.fixture(autouse=True)
def _slow_rate(settings: Any) -> None:
    settings.CANVAS_SOCKET_FRAMES_PER_SECOND = FRAMES_PER_SECOND
    settings.CANVAS_SOCKET_BURST_SECONDS = BURST_SECONDS
    settings.CANVAS_SOCKET_BYTES_PER_SECOND = 1_000_000


class Lateness:
    """The most processor time that the event loop used at once for something else.

    What a busy machine takes from this process is not counted.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.thread_time() - began)

    def stop(self) -> float:
        self._task.cancel()
        return self.longest


async def opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HANDSHAKE)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    return reader, writer


async def sent_in(writer: asyncio.StreamWriter, blob: bytes, seconds: float) -> int:
    """Sends without pause; how many bytes the other side took."""
    sent = 0
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(seconds):
            while True:
                writer.write(blob)
                sent += len(blob)
                await writer.drain()
    return sent


@pytest.mark.parametrize(
    "blob",
    [
        frame(PING, b"") * 20_000,
        frame(10, b"") * 20_000,
        frame(BINARY, b"") * 20_000,
        frame(BINARY, b"a", final=False) + frame(CONTINUATION, b"", final=False) * 20_000,
    ],
    ids=["pings", "pongs", "empty frames", "fragments"],
)
async def test_what_exceeds_the_rate_is_not_read(blob: bytes) -> None:
    application = Application()
    async with serving(application, DirectProtocol) as port, asyncio.timeout(20):
        reader, writer = await opened(port)
        answers: list[bytes] = []

        async def read() -> None:
            while data := await reader.read(65_536):
                answers.append(data)

        reading = asyncio.create_task(read())
        late = Lateness()
        writer.write(blob)
        await sent_in(writer, blob, 1.5)
        protocol: Any = application.transport
        allowed = FRAMES_PER_SECOND * (1.5 + BURST_SECONDS) * 1.5
        assert not protocol.transport.is_closing()
        assert len(application.seen) <= allowed
        assert sum(map(len, answers)) <= allowed * 2
        assert len(protocol._chunk) <= 1 << 20
        assert late.stop() < 0.25  # the sender works on the same loop
        reading.cancel()
        writer.transport.abort()


async def test_of_pings_that_come_together_the_newest_is_answered() -> None:
    application = Application()
    async with serving(application, DirectProtocol) as port, asyncio.timeout(5):
        reader, writer = await opened(port)
        writer.write(frame(PING, b"1") + frame(PING, b"2") + frame(PING, b"3"))
        assert await reader.readexactly(3) == b"\x8a\x013"
        writer.write(frame(PING, b""))
        assert await reader.readexactly(2) == b"\x8a\x00"
        writer.transport.abort()


async def test_nothing_is_read_of_a_socket_that_is_not_let_in() -> None:
    application = Application(lets_in=False)
    async with serving(application, DirectProtocol) as port, asyncio.timeout(20):
        _, writer = await opened(port)
        half = b"\x82\xff" + (60_000).to_bytes(8, "big") + b"abcd" + bytes(50_000)
        writer.write(half)
        await asyncio.sleep(0.2)
        protocol: Any = application.transport
        assert not protocol._rest
        assert not protocol._chunk
        application.may_enter.set()
        writer.write(bytes(10_000))
        while not application.seen:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert len(application.seen[0]) == 60_000
        writer.transport.abort()


async def test_letting_in_does_not_resume_a_socket_that_is_held() -> None:
    application = Application(lets_in=False)
    async with serving(application, DirectProtocol) as port, asyncio.timeout(20):
        _, writer = await opened(port)
        while application.transport is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        application.transport.hold()
        application.may_enter.set()
        writer.write(frame(BINARY, b"one"))
        await asyncio.sleep(0.2)
        assert application.seen == []
        application.transport.release()
        while not application.seen:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        writer.transport.abort()


async def test_frames_of_a_chunk_wait_from_the_one_that_holds_the_socket() -> None:
    application = Application()

    def take(data: bytes) -> None:
        application.seen.append(data)
        assert application.transport is not None
        application.transport.hold()

    application.on_frame = take
    async with serving(application, DirectProtocol) as port, asyncio.timeout(20):
        _, writer = await opened(port)
        writer.write(b"".join(frame(BINARY, bytes([number])) for number in range(20)))
        for number in range(20):
            while len(application.seen) <= number:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.01)
            assert application.seen == [bytes([one]) for one in range(number + 1)]
            assert application.transport is not None
            application.transport.release()
        writer.transport.abort()


async def test_a_socket_that_is_closed_keeps_nothing_of_what_still_arrives() -> None:
    application = Application()
    async with serving(application, DirectProtocol) as port, asyncio.timeout(20):
        _, writer = await opened(port)
        while application.transport is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await application.transport.close(4400, "enough")
        protocol: Any = application.transport
        half = b"\x82\xff" + (60_000).to_bytes(8, "big") + b"abcd" + bytes(50_000)
        writer.write(half)
        await asyncio.sleep(0.1)
        assert not protocol._rest
        writer.write(bytes(10_000) + frame(8, (4400).to_bytes(2, "big")))
        await application.ended.wait()
        while not protocol.disconnected:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert live.CANVAS_SOCKET_BURST_SECONDS == BURST_SECONDS


async def test_who_goes_on_sending_after_a_refusal_is_not_read_and_soon_dropped() -> None:
    application = Application()
    async with serving(application, DirectProtocol) as port, asyncio.timeout(20):
        reader, writer = await opened(port)
        while application.transport is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await application.transport.close(4401, "Sign in.")
        closed_at = time.monotonic()
        head = b"\x82\xff" + (100_000_000).to_bytes(8, "big") + b"abcd"
        writer.write(head)
        taken = await sent_in(writer, bytes(1 << 20), UNREAD_SECONDS / 2)
        assert await reader.readexactly(4) == b"\x88\x0a" + (4401).to_bytes(2, "big")
        protocol: Any = application.transport
        while not protocol.disconnected:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert time.monotonic() - closed_at < UNREAD_SECONDS + 2
        assert protocol._bytes_after_close < 1 << 20
        assert taken < 30 << 20  # what the system and this process keep
        writer.transport.abort()
