"""An event loop whose clock jumps to the next timer: no other work on the machine counts."""

import asyncio
from typing import Any

import pytest


def skip_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the running loop wait for nothing until the test ends. Its `time` then moves by what
    timers wait, and by nothing else; so it is of no use where threads or sockets are waited for.
    """
    loop: Any = asyncio.get_running_loop()
    now, select = loop.time(), loop._selector.select

    def select_at_once(timeout: float | None = None) -> Any:
        nonlocal now
        now += timeout or 0.0
        return select(0)

    monkeypatch.setattr(loop, "time", lambda: now)
    monkeypatch.setattr(loop._selector, "select", select_at_once)
