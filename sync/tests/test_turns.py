"""One writer of a process at a time, and nobody who waits for ever."""

import threading
import time
from types import SimpleNamespace

import pytest

from sync import turns
from sync.turns import writers_turn


def test_writers_wait_for_each_other_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "connection", SimpleNamespace(vendor="sqlite"))
    inside, let_go = threading.Event(), threading.Event()

    def write() -> None:
        with writers_turn():
            inside.set()
            let_go.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    assert inside.wait(10)
    monkeypatch.setattr(turns, "MAX_WAIT_SECONDS", 0.1)
    started = time.monotonic()
    with writers_turn():
        assert time.monotonic() - started >= 0.1
    assert turns._lock.locked()  # who gave up takes nobody's turn away
    let_go.set()
    thread.join()
    with writers_turn():
        assert turns._lock.locked()
    assert not turns._lock.locked()
