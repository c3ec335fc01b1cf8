"""Networks that open connections for nothing have to wait longer, and are forgiven."""

import asyncio
import contextlib
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from canvas_project import http, waste
from canvas_project.connections import Connections
from canvas_project.tests.test_connections import answer, ended, make, server
from canvas_project.waste import Waste
from sync.wire.close_codes import CloseCode

A, B = "10.0.0.1", "10.0.0.2"
_HANDSHAKE = (
    b"GET /1000 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_who_wastes_much_is_wasteful_until_time_has_passed() -> None:
    clock = Clock()
    every = Waste(clock)
    for _ in range(int(waste.PATIENCE)):
        assert not every.is_wasteful(A)
        every.add(A)
    every.add(A)
    assert every.is_wasteful(A)
    assert not every.is_wasteful(B)
    clock.now += 2 / waste.FORGIVEN_PER_SECOND
    assert not every.is_wasteful(A)


def test_what_is_of_use_makes_up_for_what_is_not() -> None:
    every = Waste(Clock())
    for _ in range(100):
        every.add(A)
        every.forgive(A)
    assert not every.is_wasteful(A)
    every.forgive(B)
    assert not every.is_wasteful(B)


def test_an_attack_from_many_networks_leaves_little_patience_with_each() -> None:
    clock = Clock()
    every = Waste(clock)
    networks = [f"10.1.0.{number}" for number in range(20)]
    for _ in range(3):
        for network in networks:
            every.add(network)
    assert all(map(every.is_wasteful, networks))
    assert not every.is_wasteful(A)
    every.add(A)
    assert not every.is_wasteful(A)
    clock.now += waste.LATELY_SECONDS
    assert not any(map(every.is_wasteful, networks))


def test_only_the_newest_networks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waste, "MAX_NETWORKS", 10)
    every = Waste(Clock())
    for number in range(1000):
        every.add(f"10.1.{number // 250}.{number % 250}", 100.0)
    assert len(every._by_network) == 10


async def closing(scope: Any, receive: Any, send: Any) -> None:
    """Admits a socket and closes it with the code that its path names."""
    await receive()
    await send({"type": "websocket.accept"})
    code = int(scope["path"][1:])
    if code != CloseCode.NOT_AUTHENTICATED:
        scope["extensions"]["canvas.direct"].attach(lambda: None, lambda data: None)
    await send({"type": "websocket.close", "code": code})


@pytest.mark.parametrize(
    ("code", "wasted"),
    [
        (CloseCode.MALFORMED, waste.ABUSED),
        (CloseCode.TOO_BIG, waste.ABUSED),
        (CloseCode.TOO_MANY, waste.ABUSED),
        (CloseCode.NOT_AUTHENTICATED, 1.0),
        (CloseCode.NO_PERMISSION, 0.0),
        (1000, 0.0),
    ],
)
async def test_what_a_socket_wastes(code: int, wasted: float) -> None:
    every = make()
    async with server(every, closing) as port, asyncio.timeout(5):
        with pytest.raises(ConnectionClosed):
            async with connect(f"ws://127.0.0.1:{port}/{code}") as ws:
                await ws.recv()
        await until_free(every)
    assert every.waste._left("127.0.0.1") == wasted


async def test_a_socket_that_breaks_the_protocol_wastes_as_much() -> None:
    async def admitting(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass

    every = make()
    async with server(every, admitting) as port, asyncio.timeout(5):
        async with connect(f"ws://127.0.0.1:{port}/") as ws:
            ws.transport.write(b"\x83\x80\0\0\0\0")  # an unknown opcode
            with pytest.raises(ConnectionClosed):
                await ws.recv()
        await until_free(every)
    assert every.waste._left("127.0.0.1") == waste.ABUSED


@pytest.mark.parametrize("early", [b"\x82\x80\0\0\0\0", b"x" * 10_000], ids=["a frame", "much"])
async def test_who_speaks_before_the_handshake_is_answered_is_refused(early: bytes) -> None:
    """It would be lost: an update, for example, of which the client thinks that it was sent."""
    every = make()
    async with server(every, closing) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_HANDSHAKE + early)
        with contextlib.suppress(ConnectionError):
            assert (await reader.readline()) in (b"", b"HTTP/1.1 400 Bad Request\r\n")
        writer.close()
        await until_free(every)
    assert every.waste._left("127.0.0.1") == 1.0


@pytest.mark.parametrize("left", [1, 2, 3, 4, 30])
async def test_the_end_of_a_handshake_may_come_later(
    left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "PIECE_BYTES", len(_HANDSHAKE) - left)
    async with server(make(), closing) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_HANDSHAKE)
        assert (await reader.readline()).startswith(b"HTTP/1.1 101")
        writer.close()


@pytest.mark.parametrize(
    ("request_", "wasted"),
    [(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 0.0), (b"GET / HTT", 1.0)],
    ids=["whole", "half"],
)
async def test_what_a_request_wastes(request_: bytes, wasted: float, settings: Any) -> None:
    settings.CANVAS_HEAD_SECONDS = 1
    every = make()
    async with server(every, answer) as port, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_)
        await ended(reader)
        writer.close()
        await until_free(every)
    assert every.waste._left("127.0.0.1") == wasted


def test_a_wasteful_client_of_a_proxy_has_few_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    every = make()
    every.waste.add(A, 1_000.0)
    places = [every.open("10.9.9.9", is_proxy=True) for _ in range(60)]
    moved = [place is not None and place.belongs_to(A, is_socket=True) for place in places[:20]]
    assert sum(moved) <= 2
    assert all(
        place is not None and place.belongs_to(A, is_socket=False) for place in places[20:40]
    )
    assert all(place is not None and place.belongs_to(B, is_socket=True) for place in places[40:])


async def until_free(every: Connections) -> None:
    while every._count:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
