"""HTTP requests begin in turn between networks, and a stuck one holds up nobody."""

import asyncio
import threading
import time
from typing import Any

import pytest

from canvas_project import request_turns
from canvas_project.request_turns import AHEAD, REST_SHARE_OF_MANY, RequestTurns, begins_here
from canvas_project.tests.virtual_time import skip_waits

WHOLE = {"type": "http.request", "body": b"", "more_body": False}


class Site:
    """An application that answers when it is told to, and notes who was at work."""

    def __init__(self, *, is_stuck: bool = False) -> None:
        self.began: list[str] = []
        self.working = self.most = 0
        self._is_stuck = is_stuck

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Reads the request and answers it."""
        if (await receive())["type"] == "http.disconnect":
            return
        self.began.append(scope["client"][0])
        self.working += 1
        self.most = max(self.most, self.working)
        await asyncio.sleep(3600 if self._is_stuck else 0)
        self.working -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def ask(turns: RequestTurns, address: str, events: list[Any] | None = None) -> int:
    """One request; returns the status of its answer."""
    statuses: list[int] = []
    coming = list(events or [WHOLE])

    async def receive() -> Any:
        return coming.pop(0) if coming else await asyncio.Future()

    async def send(event: Any) -> None:
        if event["type"] == "http.response.start":
            statuses.append(event["status"])

    await turns({"type": "http", "client": (address, 1), "headers": []}, receive, send)
    return statuses[0]


async def test_one_begins_after_the_other_and_a_newcomer_soon() -> None:
    site = Site()
    turns = RequestTurns(site, at_once=1)
    crowd = [f"192.0.2.{number % 20}" for number in range(200)]
    asking = [asyncio.create_task(ask(turns, address)) for address in crowd]
    async with asyncio.timeout(20):
        while len(site.began) < 20:  # noqa: ASYNC110
            await asyncio.sleep(0)
        asking.append(asyncio.create_task(ask(turns, "198.51.100.1")))
        assert set(await asyncio.gather(*asking)) == {200}
    assert site.most == 1
    assert site.began.index("198.51.100.1") <= 22
    assert len(site.began) == 201


async def test_a_network_that_asks_much_leaves_longer_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between its requests Python's lock is free for people who draw."""
    skip_waits(monkeypatch)
    seconds, clock = 0.01, asyncio.get_running_loop().time

    class Slow(Site):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await receive()
            self.began.append(scope["client"][0])
            await asyncio.sleep(seconds)
            await send({"type": "http.response.start", "status": 200, "headers": []})

    turns = RequestTurns(Slow(), at_once=1)

    async def took(addresses: list[str]) -> float:
        started = clock()
        await asyncio.gather(*(ask(turns, address) for address in addresses))
        return clock() - started

    # The first turns of a network are those of one that asks little.
    await took(["192.0.2.1"] * AHEAD)
    many = await took(["192.0.2.1"] * 10)
    few = await took([f"198.51.100.{number}" for number in range(10)])
    assert many >= 9 * seconds * (1 + REST_SHARE_OF_MANY)
    assert few < many * 0.8


async def test_a_stuck_request_and_an_unfinished_body_hold_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    skip_waits(monkeypatch)
    site = Site(is_stuck=True)
    turns = RequestTurns(site, at_once=1)
    half = [{"type": "http.request", "body": b"x", "more_body": True}]
    tasks = [asyncio.create_task(ask(turns, "192.0.2.1", half)) for _ in range(5)]
    tasks += [asyncio.create_task(ask(turns, "192.0.2.2")) for _ in range(3)]
    async with asyncio.timeout(5):
        while len(site.began) < 8:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_waited_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_waits(monkeypatch)
    site = Site(is_stuck=True)
    turns = RequestTurns(site, at_once=1, wait_seconds=0.01)
    first = asyncio.create_task(ask(turns, "192.0.2.1"))
    await asyncio.sleep(0)
    assert await ask(turns, "192.0.2.2") == 503
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_who_goes_away_while_waiting_costs_no_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    skip_waits(monkeypatch)
    site = Site(is_stuck=True)
    turns = RequestTurns(site, at_once=1)
    first = asyncio.create_task(ask(turns, "192.0.2.1"))
    await asyncio.sleep(0.01)
    events = iter([WHOLE, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(events)

    async def send(event: Any) -> None:
        raise AssertionError(event)

    async with asyncio.timeout(5):
        scope = {"type": "http", "client": ("192.0.2.2", 1), "headers": []}
        await turns(scope, receive, send)
    assert site.began == ["192.0.2.1"]
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_nobody_begins_beside_one_that_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each would take longer than the time after which the next may begin, and so on."""
    # A busy machine may need a second for it.
    monkeypatch.setattr(request_turns, "LONGEST_SECONDS", 60.0)
    working = most = 0
    lock = threading.Lock()

    def compute(scope: Any) -> None:
        nonlocal working, most
        begins_here(scope)
        with lock:
            working += 1
            most = max(most, working)
        until = time.thread_time() + 0.12
        while time.thread_time() < until:
            pass
        with lock:
            working -= 1

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.to_thread(compute, scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    turns = RequestTurns(application, at_once=1)
    answers = await asyncio.gather(*(ask(turns, f"192.0.2.{number}") for number in range(4)))
    assert answers == [200] * 4
    assert most == 1
