"""A reader that stops reading costs bounded memory and delays nobody.

`CANVAS_TEST_FREEZE_SECONDS=60 pytest tests/test_slow_reader.py` for the long run.
"""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import MakeStockClient
from tests.patience import Stopwatch
from tests.server import Server, StockClient, until

pytestmark = pytest.mark.alone

SECONDS = float(os.environ.get("CANVAS_TEST_FREEZE_SECONDS", "5"))
MAX_GROWTH_BYTES = 8_000_000


@pytest.fixture(autouse=True)
def _unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer is not rate-limited: that would hide what the slow reader costs it."""
    monkeypatch.setenv("CANVAS_SOCKET_BYTES_PER_SECOND", "1000000000")


def resident_bytes(pid: int) -> int:
    """The resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def round_trips(writer: StockClient, seconds: float) -> list[float]:
    """Milliseconds from an edit to its acknowledgement, sorted; the edits are 20 kB each."""
    times: list[float] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = "x" * 20_000 + str(len(times))
        watch = Stopwatch()
        writer.call("set", id="e", values={"customData": {"note": value}})
        until(lambda: writer.call("isSaved"), bool, pause=0.001)
        times.append(watch.seconds * 1000)
    return sorted(times)


def percentiles(times: list[float]) -> tuple[float, float]:
    """p50 and p99."""
    return times[len(times) // 2], times[len(times) * 99 // 100]


def test_a_frozen_reader_costs_little_and_catches_up(
    own_server: Server, stock_client: MakeStockClient
) -> None:
    board = own_server.new_board(bob="edit")
    writer = stock_client(own_server, board, own_server.token("alice")).until_synced()
    frozen = stock_client(own_server, board, own_server.token("bob")).until_synced()
    p50_before, p99_before = percentiles(round_trips(writer, SECONDS / 2))
    memory = resident_bytes(own_server.pid)
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        times = round_trips(writer, SECONDS)
        grown = resident_bytes(own_server.pid) - memory
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    p50, p99 = percentiles(times)
    print(f"{20_000 * len(times):,} bytes passed the frozen reader; memory grew by {grown:,}")
    print(f"p50 and p99 of the others: {p50_before:.1f} and {p99_before:.1f} ms before,")
    print(f"{p50:.1f} and {p99:.1f} ms beside it")
    assert grown < MAX_GROWTH_BYTES
    assert p50 < 3 * p50_before + 20
    assert p99 < 3 * p99_before + 50
    expected = writer.call("content")
    frozen.until("content", lambda content: content == expected)
