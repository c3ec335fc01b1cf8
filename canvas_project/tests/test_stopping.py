"""The server stops, whatever hangs."""

import asyncio

import pytest

from canvas_project import server as serving


async def test_rooms_that_do_not_close_do_not_keep_the_server(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def stands_still() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(serving, "close_rooms", stands_still)
    monkeypatch.setattr(serving, "DRAIN_SECONDS", 0.05)
    server = serving.Server(serving.server_config("127.0.0.1", 0))
    server.servers = []
    stopping = asyncio.create_task(server.shutdown())
    await asyncio.wait({stopping}, timeout=5)
    assert stopping.done()
    await stopping
    assert server.is_stuck, "then the process ends without waiting for its threads"
    assert "did not close in time" in caplog.text
