"""The thread that commits: in order, with answers and errors; nothing unwanted is begun."""

import asyncio
import threading

import pytest

from sync.storage.store import Worker


async def test_results_and_errors_come_back_in_order() -> None:
    worker = Worker("test-worker")
    try:
        threads = await asyncio.gather(*(worker.run(threading.get_ident) for _ in range(3)))
        assert len(set(threads)) == 1
        assert threads[0] != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await worker.run(lambda: 1 / 0)
        assert await worker.run(lambda: "goes on") == "goes on"
    finally:
        worker.close()


async def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    worker, release, done = Worker("test-worker"), threading.Event(), list[str]()
    try:
        first = worker.run(release.wait)
        abandoned = worker.run(lambda: done.append("abandoned"))
        last = worker.run(lambda: done.append("last"))
        abandoned.cancel()
        release.set()
        await first
        await last
    finally:
        worker.close()
    assert done == ["last"]


def test_a_loop_that_was_closed_meanwhile_does_not_end_the_thread() -> None:
    worker, release, started = Worker("test-worker"), threading.Event(), threading.Event()

    def hold() -> None:
        started.set()
        release.wait()

    async def leave() -> None:
        worker.run(hold)
        await asyncio.to_thread(started.wait)

    async def come_back() -> str:
        return await worker.run(lambda: "there")

    asyncio.run(leave())
    release.set()
    assert asyncio.run(come_back()) == "there"
    worker.close()
    worker.close()
