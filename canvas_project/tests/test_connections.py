"""Connections are limited before a byte of them is read, and idle ones are dropped."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import uvicorn
from websockets.server import ServerProtocol

from canvas_project import connections, http
from canvas_project.connections import Connections
from canvas_project.server import LOOK_AT_OLDEST_TICKS, SPARE_OBJECTS, Server
from canvas_project.tests.test_websocket import HANDSHAKE
from canvas_project.websocket import DirectProtocol
from sync.scheduler import Work, scheduler_of


def make(**limits: int) -> Connections:
    every = {"in_all": 100, "per_address": 100, "half_open": 100, "per_second": 1000, **limits}
    return Connections(**every, clock=lambda: 1000.0)


def test_one_address_has_so_many_connections_and_ipv6_counts_by_network() -> None:
    every = make(per_address=3)
    for last in range(3):
        assert every.open(f"2001:db8::{last}", is_proxy=False)
    assert every.open("2001:db8::ffff", is_proxy=False) is None
    assert every.open("2001:db8:0:1::1", is_proxy=False)
    assert every.open("2001:db8::9", is_proxy=True)


def test_the_last_places_are_for_people_who_are_here_already() -> None:
    every = make(in_all=10)
    place = every.open("10.0.0.1", is_proxy=False)
    assert place is not None
    place.let_in()
    for number in range(7):
        assert every.open(f"10.1.0.{number}", is_proxy=False)
    assert every.open("10.2.0.1", is_proxy=False) is None
    assert every.open("10.0.0.1", is_proxy=False)
    place.free()
    place.free()
    assert not every.known


def test_the_oldest_half_open_connection_makes_room() -> None:
    every = make(half_open=2)
    dropped: list[int] = []
    places = [every.open("10.0.0.1", is_proxy=False) for _ in range(2)]
    for number, place in enumerate(places):
        assert place is not None
        place.drop = partial(dropped.append, number)
    assert places[0] is not None
    places[0].has_asked()
    every.open("10.0.0.1", is_proxy=False)
    assert dropped == []
    every.open("10.0.0.1", is_proxy=False)
    assert dropped == [1]


def test_new_connections_of_one_address_have_a_rate() -> None:
    every = make(per_second=1, in_all=10_000)
    opened = [every.open("10.0.0.1", is_proxy=False) for _ in range(100)]
    assert sum(place is not None for place in opened) == connections.BURST_SECONDS + 1
    assert every.open("10.0.0.2", is_proxy=False)


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body and says so; a handshake is refused."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    while (event := await receive()).get("more_body"):
        pass
    if event["type"] == "http.request":
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def server(every: Connections, application: Any = answer) -> AsyncIterator[int]:
    config = uvicorn.Config(application, ws=DirectProtocol, port=0, lifespan="off", log_config=None)
    running = Server(config, every)
    task = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    try:
        yield running.servers[0].sockets[0].getsockname()[1]
    finally:
        running.should_exit = True
        await task


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What a connection says until the server ends it."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(1000):
            data += part
    return data


@pytest.mark.parametrize(
    "begin",
    [b"", b"GET / HTTP/1.1\r\nHost: a\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"],
    ids=["nothing", "half a head", "half a body"],
)
async def test_a_connection_that_says_nothing_more_is_dropped(begin: bytes, settings: Any) -> None:
    settings.CANVAS_HEAD_SECONDS = settings.CANVAS_BODY_SECONDS = 1
    every = make()
    async with server(every) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        assert await ended(reader) == b""
        writer.close()
        assert every._count == 0


async def test_a_head_without_end_is_refused() -> None:
    async with server(make()) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n" + b"X-Long: yes\r\n" * 50_000)
        assert (await ended(reader))[:12] in (b"", b"HTTP/1.1 431")
        writer.close()


async def test_of_all_connections_only_so_much_waits_to_be_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "MAX_WAITING_BYTES", 10_000)
    async with server(make()) as port, asyncio.timeout(10):
        scheduler = scheduler_of(Work.INCOMING)
        streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        scheduler._is_free = False  # as during a pause
        scheduler.add(lambda: None)
        for _, writer in streams:
            head = b"GET / HTTP/1.1\r\nConnection: close\r\nX-Long: "
            writer.write(head + b"y" * 4_000 + b"\r\n\r\n")
        waiting = http.GuardedHttpProtocol
        ends = [asyncio.create_task(ended(reader)) for reader, _ in streams]
        while sum(end.done() for end in ends) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert waiting.waiting_bytes <= 10_000
        scheduler._go_on()
        answers = [await reader_end for reader_end in ends]
        assert sorted(answer[:12] for answer in answers) == [b"", b"", *[b"HTTP/1.1 200"] * 2]
        for _, writer in streams:
            writer.close()
    assert waiting.waiting_bytes == 0


@pytest.mark.parametrize("size", [100, 4_000], ids=["small", "large"])
async def test_whose_network_holds_most_is_dropped_and_not_who_sends_last(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """A page that is opened during a flood comes through."""
    waiting = http.GuardedHttpProtocol
    writers: list[asyncio.StreamWriter] = []  # one that nobody holds is closed

    async def send(address: str, size: int) -> asyncio.Task[bytes]:
        here = waiting.waiting_bytes
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        writers.append(writer)
        head = b"GET / HTTP/1.1\r\nConnection: close\r\nX-Long: "
        writer.write(head + b"y" * size + b"\r\n\r\n")
        while waiting.waiting_bytes == here:  # noqa: ASYNC110
            await asyncio.sleep(0)
        return asyncio.create_task(ended(reader))

    async with server(make(per_address=20)) as port, asyncio.timeout(10):
        scheduler = scheduler_of(Work.INCOMING)
        scheduler._is_free = False  # as during a pause
        scheduler.add(lambda: None)
        # More connections, one of them the largest of all, but less in all.
        others = [await send("127.0.0.3", size) for size in (6_000, *[10] * 10)]
        flood = [await send("127.0.0.2", 4_500) for _ in range(5)]
        monkeypatch.setattr(http, "MAX_WAITING_BYTES", most := waiting.waiting_bytes)
        mine = await send("127.0.0.1", size)
        assert waiting.waiting_bytes <= most
        scheduler._go_on()
        assert (await mine).startswith(b"HTTP/1.1 200")
        assert all([(await other).startswith(b"HTTP/1.1 200") for other in others])
        assert [await one for one in flood].count(b"") == 1
        for writer in writers:
            writer.close()
    assert (waiting.waiting_bytes, waiting.holding) == (0, {})


async def test_new_objects_do_not_pile_up_until_the_collector_holds_everything_up() -> None:
    def kept(count: int) -> list[list[int]]:
        return [[one] for one in range(count)]

    thresholds = gc.get_threshold()
    try:
        async with server(make()), asyncio.timeout(10):
            gc.set_threshold(1_000_000)
            objects = kept(50_000)
            while len(gc.get_objects(generation=0)) > 5_000:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            assert len(objects) == 50_000
    finally:
        gc.set_threshold(*thresholds)


async def test_old_garbage_is_collected_once_there_is_much_of_it() -> None:
    def cycle() -> object:
        one: list[object] = []
        one.append(one)
        return one

    config = uvicorn.Config(answer, lifespan="off", log_config=None)
    running = Server(config, make())
    thresholds = gc.get_threshold()
    try:
        gc.set_threshold(1_000_000)
        gc.collect()
        await running.on_tick(LOOK_AT_OLDEST_TICKS)
        before = len(gc.get_objects(generation=2))
        kept = [cycle() for _ in range(before // 4 + 2 * SPARE_OBJECTS)]
        for counter in (1, 5):
            await running.on_tick(counter)
        kept.clear()
        assert len(gc.get_objects(generation=2)) > before + SPARE_OBJECTS
        await running.on_tick(LOOK_AT_OLDEST_TICKS)
        assert len(gc.get_objects(generation=2)) < before + SPARE_OBJECTS
    finally:
        gc.set_threshold(*thresholds)


async def test_a_connection_too_many_is_dropped_and_the_others_go_on() -> None:
    async with server(make(per_address=1)) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        with contextlib.suppress(ConnectionError):  # it may end before it is noticed to be open
            other, other_writer = await asyncio.open_connection("127.0.0.1", port)
            assert await ended(other) == b""
            other_writer.close()
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.readuntil(b"ok")
        writer.close()


async def test_behind_a_proxy_each_connection_counts_for_the_client_that_it_names(
    settings: Any,
) -> None:
    settings.CANVAS_TRUSTED_PROXY_HOPS = 1
    every = make(per_address=1)

    async def ask(writer: asyncio.StreamWriter, client: str) -> None:
        head = f"POST / HTTP/1.1\r\nX-Forwarded-For: {client}\r\nContent-Length: 3\r\n\r\nabc"
        writer.write(head.encode())

    async with server(every) as port, asyncio.timeout(5):
        streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        (first, to_first), (second, to_second), (third, to_third) = streams
        for _ in range(2):
            await ask(to_first, "2001:db8::1")
            assert await first.readuntil(b"ok")
        await ask(to_second, "2001:db8::2")
        assert (await ended(second)).startswith(b"HTTP/1.1 429 ")
        await ask(to_third, "192.0.2.1")
        assert await third.readuntil(b"ok")
        # A proxy keeps its connections, and sends the requests of other clients on them.
        await ask(to_first, "192.0.2.2")
        assert await first.readuntil(b"ok")
        await ask(to_third, "2001:db8::2")
        assert await third.readuntil(b"ok")
        for _, writer in streams:
            writer.close()
    assert not every._by_network


async def admit(scope: Any, receive: Any, send: Any) -> None:
    """Admits every socket."""
    await receive()
    await send({"type": "websocket.accept"})
    await receive()


async def test_behind_a_proxy_new_sockets_of_one_client_have_a_rate(settings: Any) -> None:
    settings.CANVAS_TRUSTED_PROXY_HOPS = 1

    async def first_line(port: int, client: str) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            f"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {client}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        writer.write(head.encode())
        line = await reader.readline()
        writer.close()
        return line

    every = make(per_second=1)
    async with server(every, admit) as port, asyncio.timeout(10):
        lines = [await first_line(port, "192.0.2.1") for _ in range(connections.BURST_SECONDS + 2)]
        assert [b" 429 " in line for line in lines[-2:]] == [False, True]
        assert b" 429 " not in await first_line(port, "192.0.2.2")
    assert every._count == 0


async def test_a_socket_that_ended_is_freed_without_the_garbage_collector() -> None:
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4401, "reason": "Sign in."})

    def alive() -> list[str]:
        kinds = (http.GuardedHttpProtocol, DirectProtocol, ServerProtocol)
        return [type(one).__name__ for one in gc.get_objects() if type(one) in kinds]

    every = make()
    gc.collect()
    gc.disable()
    try:
        async with server(every, refuse) as port, asyncio.timeout(10):
            before = alive()
            for _ in range(10):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(HANDSHAKE)
                await reader.readuntil(b"Sign in.")
                writer.close()
            while every._count or alive() != before:  # noqa: ASYNC110 -- nobody tells it
                await asyncio.sleep(0.01)
    finally:
        gc.enable()
