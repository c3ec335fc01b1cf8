"""The direct path for binary frames behaves exactly like uvicorn's own protocol."""

import asyncio
import contextlib
import os
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from canvas_project.http import GuardedHttpProtocol
from canvas_project.websocket import DirectProtocol
from canvas_project.websocket_frames import binary_frame
from sync.rooms.transport import AsgiTransport, transport_of

MAX_BYTES = 70_000
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, BINARY, CONTINUATION, CLOSE, PING = 1, 2, 0, 8, 9

Seen = list[bytes | str | int]


def frame(
    opcode: int, payload: bytes, *, final: bool = True, mask: bytes = b"\x12\x34\x56\x78"
) -> bytes:
    """A frame as a client sends it."""
    head = bytearray([(0x80 if final else 0) | opcode])
    if len(payload) < 126:
        head.append(0x80 | len(payload))
    elif len(payload) < 65536:
        head += bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    else:
        head += bytes([0x80 | 127]) + len(payload).to_bytes(8, "big")
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return bytes(head) + mask + masked


class App:
    """Notes what arrives, in order, and answers each binary message with itself."""

    def __init__(self) -> None:
        self.seen: Seen = []
        self.ended = asyncio.Event()
        self.is_direct = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        transport = transport_of(scope, send)
        self.is_direct = not isinstance(transport, AsgiTransport)

        def take(data: bytes) -> None:
            self.seen.append(data)
            if transport.is_writable:
                transport.write(data)

        await asyncio.sleep(0)
        transport.attach(lambda: None, take)
        try:
            while (event := await receive())["type"] != "websocket.disconnect":
                if event.get("bytes") is None:
                    self.seen.append(event["text"])
                    await transport.close(4400, "binary only")
                else:
                    take(event["bytes"])
            self.seen.append(event["code"])
        finally:
            transport.stop()
            self.ended.set()


@asynccontextmanager
async def serving(app: Any, protocol: type[asyncio.Protocol]) -> AsyncIterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            http=GuardedHttpProtocol,
            ws=protocol,
            ws_max_size=MAX_BYTES,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.001)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task


Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def run(protocol: type[asyncio.Protocol], play: Play) -> App:
    """Plays a client's bytes to a server; returns what its application saw."""
    app = App()
    async with serving(app, protocol) as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HANDSHAKE)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        try:
            await play(reader, writer)
            await app.ended.wait()
        finally:
            writer.close()
    return app


def chunks(stream: bytes, rnd: random.Random) -> list[bytes]:
    """The stream in pieces, some of a single byte and some with many frames."""
    pieces, at = [], 0
    while at < len(stream):
        size = rnd.choice((1, 2, 3, 7, 50, 4096, 70_000))
        pieces.append(stream[at : at + size])
        at += size
    return pieces


def random_stream(rnd: random.Random) -> tuple[bytes, Seen, bool]:
    """Frames of every kind, most of them honest, ended by a close frame.

    Returns the bytes, the messages up to the first frame that breaks the protocol, and whether one
    does.
    """
    frames: list[bytes] = []
    messages: Seen = []
    fatal = {
        "unmasked": binary_frame(b"plain"),
        "reserved": bytes([0xC2]) + frame(BINARY, b"reserved bit")[1:],
        "stray": frame(CONTINUATION, b"of nothing"),
        "huge": b"\x82\xff" + (1 << 40).to_bytes(8, "big") + b"abcd",
        "inside": frame(BINARY, b"open", final=False) + frame(BINARY, b"inside"),
    }
    for _ in range(rnd.randrange(1, 25)):
        payload = rnd.randbytes(rnd.choice((0, 1, 5, 125, 126, 127, 2000, 65_535, 65_536)))
        kind = rnd.choices(("whole", "fragments", "ping", *fatal), (40, 8, 8, 1, 1, 1, 1, 1))[0]
        if kind in fatal:
            frames.append(fatal[kind])
            return b"".join(frames), messages, True
        if kind == "whole":
            frames.append(frame(BINARY, payload, mask=rnd.randbytes(4)))
        elif kind == "fragments":
            half = len(payload) // 2
            frames.append(frame(BINARY, payload[:half], final=False))
            frames.append(frame(PING, b"between"))
            frames.append(frame(CONTINUATION, payload[half:]))
        else:
            frames.append(frame(PING, payload[:100]))
        if kind != "ping":
            messages.append(payload)
    return b"".join(frames) + frame(CLOSE, (1000).to_bytes(2, "big")), messages, False


@pytest.mark.parametrize("seed", range(int(os.environ.get("CANVAS_TEST_STREAMS", "20"))))
async def test_any_stream_is_seen_as_uvicorn_sees_it(seed: int) -> None:
    rnd = random.Random(seed)
    stream, messages, is_broken = random_stream(rnd)
    pieces = chunks(stream, rnd)
    answers: list[bytes] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
        with contextlib.suppress(ConnectionError):  # after a broken frame nobody reads the rest
            answers.append(await reader.read())

    direct = await run(DirectProtocol, play)
    stock = await run(WebSocketsSansIOProtocol, play)
    assert direct.is_direct
    assert not stock.is_direct
    assert direct.seen == [*messages, stock.seen[-1]]
    if not is_broken:
        assert direct.seen == stock.seen
        assert binary_frames(answers[0]) == messages


async def test_text_ends_the_socket() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(BINARY, b"one") + frame(TEXT, b"hello"))
        assert await reader.readexactly(5) == binary_frame(b"one")
        assert await reader.readexactly(4) == b"\x88\x0d" + (4400).to_bytes(2, "big")
        writer.write(frame(CLOSE, (4400).to_bytes(2, "big")))

    app = await run(DirectProtocol, play)
    assert app.seen == [b"one", "hello", 4400]


def binary_frames(stream: bytes) -> list[bytes]:
    """The payloads of the server's binary frames."""
    found, at = [], 0
    while at < len(stream):
        length, head = stream[at + 1], 2
        if length >= 126:
            head = 4 if length == 126 else 10
            length = int.from_bytes(stream[at + 2 : at + head], "big")
        if stream[at] == 0x82:
            found.append(stream[at + head : at + head + length])
        at += head + length
    return found


async def test_a_reader_that_stops_is_noticed_and_told_of_when_it_reads_again() -> None:
    """`is_writable` is what bounds the memory a frozen page costs."""
    big, written, stuck, resumed = b"x" * 60_000, 0, asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal written
        await receive()
        await send({"type": "websocket.accept"})
        transport = transport_of(scope, send)
        transport.attach(resumed.set, lambda data: None)
        while transport.is_writable:
            transport.write(big)
            written += 1
            await asyncio.sleep(0)
        stuck.set()
        await receive()

    async with serving(app, DirectProtocol) as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        await stuck.wait()
        assert not resumed.is_set()
        reading = asyncio.create_task(reader.read(-1))
        await resumed.wait()
        writer.close()
        reading.cancel()
    assert 1 < written < 500


@pytest.mark.parametrize("protocol", [DirectProtocol, WebSocketsSansIOProtocol])
async def test_a_sender_that_is_held_waits_and_loses_nothing(protocol: Any) -> None:
    arrived: list[float] = []
    loop = asyncio.get_running_loop()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        transport = transport_of(scope, send)

        def take(data: bytes) -> None:
            arrived.append(loop.time())
            transport.hold()
            loop.call_later(0.2, transport.release)

        transport.attach(lambda: None, take)
        while True:
            await transport.rest()
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            take(event["bytes"])

    async with serving(app, protocol) as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        for _ in range(4):
            writer.write(frame(BINARY, b"x"))
            await asyncio.sleep(0.02)
        while len(arrived) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        writer.close()
    assert arrived[1] - arrived[0] > 0.15
    assert arrived[3] - arrived[0] < 2
