"""What HTTP allows around a body costs a stranger's connection, and not the process."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import pytest

from canvas_project import framing, http
from canvas_project.tests.test_connections import ended, make, server
from sync.scheduler import Work, scheduler_of

CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


async def answer_without_reading(scope: Any, receive: Any, send: Any) -> None:
    """As files are served: nobody asks for a body."""
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


async def send_without_end(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Until the server has had enough."""
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(piece)
            await writer.drain()


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (CHUNKED + b"1;", b"a" * 65_536),
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-A: b\r\n" * 8_000),
        (CHUNKED + b"0\r\n\r\n", b"\r\n" * 30_000),
    ],
    ids=["a chunk's extension", "trailers", "empty lines"],
)
async def test_what_is_no_body_ends_the_connection(begin: bytes, piece: bytes) -> None:
    async with server(make()) as port, asyncio.timeout(5):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        await send_without_end(writer, piece)
        writer.close()


async def test_a_body_that_nobody_waits_for_ends_the_connection() -> None:
    async with server(make(), answer_without_reading) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(CHUNKED + b"1\r\na\r\n")
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        await send_without_end(writer, b"fffff\r\n" + b"a" * 0xFFFFF + b"\r\n")
        writer.close()


async def answer_to(sent: bytes) -> bytes:
    async with server(make()) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        answer = await ended(reader)
        writer.close()
        return answer


def chunks(size: int, count: int) -> bytes:
    return CHUNKED + (b"%x\r\n" % size + b"a" * size + b"\r\n") * count + b"0\r\n\r\n"


async def test_tiny_chunks_are_taken_to_a_number_and_then_refused() -> None:
    close = CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    small = chunks(1, framing.MAX_PIECES // 2).replace(CHUNKED, close)
    assert (await answer_to(small)).startswith(b"HTTP/1.1 200")
    lines = chunks(40, 20_000).replace(CHUNKED, close)
    assert (await answer_to(lines)).startswith(b"HTTP/1.1 200")
    assert (await answer_to(chunks(1, 100_000)))[:12] in (b"", b"HTTP/1.1 400")


async def test_a_request_has_so_many_headers() -> None:
    def request(count: int) -> bytes:
        return b"GET / HTTP/1.1\r\nConnection: close\r\n" + b"X: y\r\n" * count + b"\r\n"

    assert (await answer_to(request(framing.MAX_HEADERS - 1))).startswith(b"HTTP/1.1 200")
    assert (await answer_to(request(framing.MAX_HEADERS)))[:12] == b"HTTP/1.1 431"


async def test_a_newcomer_is_parsed_before_the_rest_of_a_flood() -> None:
    order: list[str] = []

    async def note(scope: Any, receive: Any, send: Any) -> None:
        order.append(scope["client"][0])
        await answer_without_reading(scope, receive, send)

    async def ask(address: str) -> asyncio.StreamWriter:
        here = http.GuardedHttpProtocol.waiting_bytes
        _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        writer.write(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        while http.GuardedHttpProtocol.waiting_bytes == here:  # noqa: ASYNC110
            await asyncio.sleep(0)
        return writer

    async with server(make(), note) as port, asyncio.timeout(5):
        scheduler = scheduler_of(Work.INCOMING)
        scheduler._is_free = False  # as during a pause
        scheduler.add(lambda: None)
        addresses = [*["127.0.0.2"] * 30, "127.0.0.3"]
        writers = [await ask(address) for address in addresses]
        scheduler._go_on()
        while len(order) < len(addresses):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert order.index("127.0.0.3") <= 2
        for writer in writers:
            writer.close()


async def test_chunks_are_parsed_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes at once: others have the event loop in between."""
    took, parse = list[float](), http.GuardedHttpProtocol._parse

    def timed(protocol: http.GuardedHttpProtocol, data: bytes) -> None:
        started = time.thread_time()
        parse(protocol, data)
        took.append(time.thread_time() - started)
        assert len(data) <= http.PIECE_BYTES

    monkeypatch.setattr(http.GuardedHttpProtocol, "_parse", timed)
    body = chunks(16, 40_000).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    assert (await answer_to(body)).startswith(b"HTTP/1.1 200")
    assert sorted(took)[len(took) // 2] < 0.004
