"""New connections are begun with in turn between networks, and never hold the event loop."""

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from canvas_project import listener
from canvas_project.connections import Connections, Place
from canvas_project.listener import Listener, Pace, listening_sockets


def connections(per_second: int = 10_000) -> Connections:
    return Connections(in_all=10_000, per_address=5_000, half_open=5_000, per_second=per_second)


class Clocks:
    """A clock, and the processor time that was used until then."""

    def __init__(self) -> None:
        self.now = self.worked = 1000.0

    def pace(self) -> Pace:
        return Pace(
            listener.BEGUN_PER_SECOND,
            listener.BEGUN_PER_IDLE_SECOND,
            lambda: self.now,
            lambda: self.worked,
        )


def taken(pace: Pace) -> int:
    """How many connections may be begun with now."""
    count = 0
    while pace.take():
        count += 1
    return count


def test_a_busy_process_begins_with_fewer_connections() -> None:
    clocks = Clocks()
    pace = clocks.pace()
    assert taken(pace) == listener.BEGUN_AT_ONCE
    clocks.now += 0.01
    clocks.worked += 0.01
    busy = taken(pace)
    assert busy == pytest.approx(0.01 * listener.BEGUN_PER_SECOND, abs=1)
    clocks.now += 0.01
    assert taken(pace) > busy
    clocks.now += 100
    assert taken(pace) == listener.BEGUN_AT_ONCE


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    (one,) = listening_sockets("127.0.0.1", 0)
    with one:
        yield one


def test_the_system_keeps_little_of_what_is_not_read(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()) as client:
        accepted, _ = listening.accept()
        with accepted:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 14)
            client.setblocking(False)
            sent = 0
            with contextlib.suppress(BlockingIOError):
                while True:
                    sent += client.send(bytes(1 << 14))
            assert sent < 4 * listener.RECEIVE_BUFFER_BYTES


class Begun:
    """The networks of the connections that were begun with, each answered and closed at once."""

    def __init__(self) -> None:
        self.networks: list[str] = []

    def begin(self, connection: socket.socket, place: Place) -> None:
        self.networks.append(place.network)
        connection.close()
        place.has_answered()
        place.free()

    async def until(self, count: int) -> None:
        """Waits until so many were begun with."""
        async with asyncio.timeout(5):
            while len(self.networks) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.001)


def connected(to: socket.socket, address: str) -> socket.socket:
    return socket.create_connection(to.getsockname(), source_address=(address, 0))


async def test_each_network_has_its_turn(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "BEGUN_AT_ONCE", 0.0)
    begun = Begun()
    clients = [connected(listening, "127.0.0.2") for _ in range(20)]
    clients.append(connected(listening, "127.0.0.3"))
    every = connections()
    every_listener = Listener([listening], begun.begin, every)
    await asyncio.sleep(0)
    monkeypatch.setattr(listener, "BEGUN_AT_ONCE", 1.0)
    await begun.until(21)
    assert "127.0.0.3" in begun.networks[:2]
    assert every._count == 0
    every_listener.close()
    for one in clients:
        one.close()


async def test_a_burst_of_one_network_keeps_no_newcomer_in_the_queue_of_the_system(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "BEGUN_AT_ONCE", 0.0)
    monkeypatch.setattr(listener, "WAITING_AT_ONCE", 20)
    begun = Begun()
    clients = [connected(listening, "127.0.0.2") for _ in range(100)]
    clients.append(connected(listening, "127.0.0.3"))
    every = connections()
    every_listener = Listener([listening], begun.begin, every)
    async with asyncio.timeout(5):
        while "127.0.0.3" not in every_listener._usual._waiting:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert every._count == 20
    monkeypatch.setattr(listener, "BEGUN_AT_ONCE", 1.0)
    await begun.until(20)
    assert "127.0.0.3" in begun.networks[:2]
    assert every._count == 0
    every_listener.close()
    for one in clients:
        one.close()


async def test_a_wasteful_network_waits_while_others_go_on(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "WASTEFUL_PER_SECOND", 0.0)
    monkeypatch.setattr(listener, "WASTEFUL_PER_IDLE_SECOND", 0.0)
    begun, every = Begun(), connections()
    every.waste.add("127.0.0.2", 1_000.0)
    one = Listener([listening], begun.begin, every)
    clients = [connected(listening, "127.0.0.2") for _ in range(20)]
    clients += [connected(listening, "127.0.0.3") for _ in range(20)]
    await begun.until(20 + int(listener.BEGUN_AT_ONCE))
    assert begun.networks.count("127.0.0.3") == 20
    assert begun.networks.count("127.0.0.2") == listener.BEGUN_AT_ONCE
    one.close()
    assert every._count == 0
    for client in clients:
        client.close()


async def test_few_connections_of_a_wasteful_network_wait(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "BEGUN_AT_ONCE", 0.0)
    monkeypatch.setattr(listener, "WASTEFUL_WAITING", 5)
    every = connections()
    every.waste.add("127.0.0.2", 1_000.0)
    one = Listener([listening], lambda *_: pytest.fail("it was not its turn"), every)
    clients = [connected(listening, "127.0.0.2") for _ in range(20)]
    clients.append(connected(listening, "127.0.0.3"))
    async with asyncio.timeout(5):
        while not one._usual.count:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert one._wasteful.count == 5
    one.close()
    for client in clients:
        client.close()


async def test_when_too_many_wait_a_wasteful_network_makes_room(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "BEGUN_AT_ONCE", 0.0)
    monkeypatch.setattr(listener, "WAITING_AT_ONCE", 20)
    every = connections()
    every.waste.add("127.0.0.2", 1_000.0)
    one = Listener([listening], lambda *_: pytest.fail("it was not its turn"), every)
    clients = [connected(listening, "127.0.0.2") for _ in range(20)]
    clients += [connected(listening, "127.0.0.3") for _ in range(20)]
    async with asyncio.timeout(5):
        while one._usual.count < 20:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert one._wasteful.count == 0
    one.close()
    for client in clients:
        client.close()


async def test_behind_a_proxy_nobody_is_dropped_for_another(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """All come from the proxy, and whose each is, it says later."""
    settings.CANVAS_TRUSTED_PROXY_HOPS = 1
    monkeypatch.setattr(listener, "WAITING_AT_ONCE", 5)
    begun = Begun()
    clients = [connected(listening, "127.0.0.2") for _ in range(40)]
    one = Listener([listening], begun.begin, connections())
    await begun.until(40)
    one.close()
    for client in clients:
        client.close()


async def test_closing_drops_who_waits(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "BEGUN_AT_ONCE", 0.0)
    every = connections()
    one = Listener([listening], lambda *_: pytest.fail("it was not its turn"), every)
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    while not every._count:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    one.close()
    with contextlib.suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    assert every._count == 0


ATTACKER = """
import os, socket, sys, time
os.nice(10)
until = time.monotonic() + 2
while time.monotonic() < until:
    one = socket.socket()
    one.setblocking(False)
    try:
        one.connect(("127.0.0.1", int(sys.argv[1])))
    except BlockingIOError:
        pass
    one.close()
"""


@pytest.mark.alone
async def test_refused_connections_leave_most_of_the_time_to_others(
    listening: socket.socket,
) -> None:
    """A client that connects as fast as it can, of which almost everything is refused."""
    begun = Begun()
    one = Listener([listening], begun.begin, connections(per_second=1))
    port = str(listening.getsockname()[1])
    attacker = await asyncio.create_subprocess_exec(sys.executable, "-c", ATTACKER, port)
    worked, started, rounds = time.process_time(), time.monotonic(), 0
    while attacker.returncode is None:
        await asyncio.sleep(0.001)
        rounds += 1
    share = (time.process_time() - worked) / (time.monotonic() - started)
    one.close()
    assert 1 <= len(begun.networks) <= 30
    assert rounds > 100
    assert share < 0.6
