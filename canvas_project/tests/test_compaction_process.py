"""The compaction process is restarted when it dies."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from boards.tests.factories import client_of
from canvas_project import compaction_process
from canvas_project.compaction_process import CompactionProcess
from sync.low_priority import NICENESS


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], CompactionProcess]]:
    """Keeps the given program running."""
    monkeypatch.setattr(compaction_process, "FIRST_PAUSE_SECONDS", 0.05)
    kept: list[CompactionProcess] = []

    def start(program: str) -> CompactionProcess:
        process = CompactionProcess([sys.executable, "-S", "-c", program])
        process.start()
        kept.append(process)
        return process

    yield start
    for process in kept:
        process.stop()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def status_page(user: User) -> str:
    return str(client_of(user).get("/admin/status").content.decode())


def test_one_that_is_killed_is_started_again_and_told_of(
    dana: User,
    keep: Callable[[str], CompactionProcess],
    caplog: pytest.LogCaptureFixture,
) -> None:
    process = keep("import time; time.sleep(60)")
    until(lambda: process.pid)
    assert f"runs as {process.pid}" in status_page(dana)
    assert "Nothing needs to be done." in status_page(dana)
    first = process.pid
    assert first is not None
    until(lambda: os.getpriority(os.PRIO_PROCESS, first) >= NICENESS)
    os.kill(first, signal.SIGKILL)
    until(lambda: process.pid not in (None, first))
    assert "compaction was ended by SIGKILL; restarting in" in caplog.text
    page = status_page(dana)
    assert f"runs as {process.pid}; it was ended by SIGKILL" in page
    assert "Is there memory enough?" in page
    process.stop()
    assert process.pid is None
    assert process.restarts == 1, "to be stopped is no death"


def test_one_that_does_not_end_is_ended(
    keep: Callable[[str], CompactionProcess], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A large board takes longer than an operator who stops the server can wait."""
    monkeypatch.setattr(compaction_process, "STOP_SECONDS", 0.05)
    is_deaf = tmp_path / "is-deaf"
    process = keep(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(is_deaf)!r}, 'w').close(); time.sleep(60)"
    )
    until(is_deaf.exists)
    began = time.monotonic()
    process.stop()
    assert process.pid is None
    assert time.monotonic() - began < 10


def test_one_that_always_fails_is_tried_less_and_less(
    keep: Callable[[str], CompactionProcess], caplog: pytest.LogCaptureFixture
) -> None:
    began = time.monotonic()
    process = keep("raise SystemExit(3)")
    until(lambda: process.restarts >= 4)
    assert time.monotonic() - began > 0.05 + 0.1 + 0.2
    assert "compaction ended with status 3" in caplog.text
    process.stop()
    assert not process.is_alive()


def test_one_that_cannot_be_started_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compaction_process, "FIRST_PAUSE_SECONDS", 0.05)
    process = CompactionProcess(["/no/such/program"])
    process.start()
    until(lambda: process.restarts >= 2)
    process.stop()
    assert "could not be started (No such file or directory)" in caplog.text


def test_it_begins_after_the_server_and_not_once_the_server_stops(tmp_path: Path) -> None:
    mark = tmp_path / "has-begun"
    command = [sys.executable, "-S", "-c", f"open({str(mark)!r}, 'w')"]
    process = CompactionProcess(command, after=0.5)
    began = time.monotonic()
    process.start()
    until(mark.exists)
    assert time.monotonic() - began > 0.4
    process.stop()
    mark.unlink()
    process = CompactionProcess(command, after=60)
    process.start()
    process.stop()
    assert not process.is_alive()
    assert not mark.exists()
