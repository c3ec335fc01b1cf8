"""Few bodies are handled at once, in order of arrival, and none is kept longer than needed."""

import asyncio
import gc
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from canvas_project.body_limit import SMALL_BYTES, BodyLimit, BodyPlaces
from canvas_project.tests.test_connections import make, server


async def begin(places: BodyPlaces, who: str, begun: list[str], end: asyncio.Event) -> None:
    async with places.one_for(who):
        begun.append(who)
        await end.wait()


async def test_one_address_has_some_places_and_others_get_the_rest() -> None:
    places, end = BodyPlaces(in_all=3, each=2), asyncio.Event()
    begun: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        for who in ("a", "a", "a", "a", "b", "c"):
            tasks.create_task(begin(places, who, begun, end))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert begun == ["a", "a", "b"]
        end.set()
    assert sorted(begun) == ["a", "a", "a", "a", "b", "c"]
    assert not places._working
    assert not places._waiting


async def test_who_waits_too_long_or_goes_away_leaves_the_line() -> None:
    places, end = BodyPlaces(in_all=1, each=1, wait_seconds=0.05), asyncio.Event()
    begun: list[str] = []
    holder = asyncio.create_task(begin(places, "a", begun, end))
    gone = asyncio.create_task(begin(places, "b", begun, end))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(TimeoutError):
        await begin(places, "c", begun, end)
    end.set()
    await holder
    assert begun == ["a"]
    async with places.one_for("d"):
        assert dict(places._working) == {"d": 1}
    assert gone.cancelled()
    assert not places._waiting


async def test_bodies_end_with_their_connection() -> None:
    """Also those of requests that were never handled, and before Python's collector runs."""
    size = 50_000
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size
    gc.collect()
    gc.disable()
    try:
        every = make()
        async with server(every) as port, asyncio.timeout(10):
            for _ in range(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write((head + b"x" * size) * 3)
                await reader.readuntil(b"ok")  # so the first is handled
                writer.close()
                await writer.wait_closed()
            while every._count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            kept = [len(one.body) for one in gc.get_objects() if type(one) is RequestResponseCycle]
        assert len(kept) >= 5
        assert sum(kept) == 0
    finally:
        gc.enable()


async def test_requests_with_large_bodies_wait_and_small_ones_do_not() -> None:
    working = 0
    end = asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal working
        working += 1
        await end.wait()

    limited = BodyLimit(application, lambda path: 10_000, places=BodyPlaces(in_all=1, each=1))

    def ask(size: int) -> asyncio.Task[None]:
        headers = [(b"content-length", str(size).encode())]
        scope = {"type": "http", "path": "/", "headers": headers}
        return asyncio.create_task(limited(scope, None, None))

    asked = [ask(SMALL_BYTES + 1) for _ in range(3)] + [ask(SMALL_BYTES), ask(0)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert working == 3  # one large, and both small ones
    end.set()
    await asyncio.gather(*asked)
    assert working == 5
