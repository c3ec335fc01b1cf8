"""A reader that stops reading costs bounded memory and delays nobody.

`CANVAS_TEST_FREEZE_SECONDS=60 pytest tests/test_slow_reader.py` for the long run.
"""

import os
import signal
import time
from pathlib import Path

from tests.conftest import MakeStockClient
from tests.server import Server, StockClient

SECONDS = float(os.environ.get("CANVAS_TEST_FREEZE_SECONDS", "5"))
MAX_GROWTH_BYTES = 8_000_000


def resident_bytes(pid: int) -> int:
    """The resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def round_trips(writer: StockClient, seconds: float) -> list[float]:
    """Seconds from an edit to its acknowledgement, again and again; the edits are 20 kB each."""
    times = []
    until = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < until:
        turn += 1
        value = "x" * 20_000 + str(turn)
        started = time.monotonic()
        writer.call("set", id="e", values={"link": value})
        writer.until("acknowledged", lambda ids, turn=turn: len(ids) >= turn)
        times.append(time.monotonic() - started)
    return times


def test_a_frozen_reader_costs_little_and_catches_up(
    own_server: Server, stock_client: MakeStockClient
) -> None:
    board = own_server.new_board(bob="edit")
    warm_up = stock_client(own_server, board, own_server.token("alice")).until_synced()
    before = sorted(round_trips(warm_up, SECONDS / 2))
    frozen = stock_client(own_server, board, own_server.token("bob")).until_synced()
    writer = stock_client(own_server, board, own_server.token("alice")).until_synced()
    memory = resident_bytes(own_server.pid)
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        times = sorted(round_trips(writer, SECONDS))
        grown = resident_bytes(own_server.pid) - memory
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    sent = 20_000 * len(times)
    median, median_before = times[len(times) // 2], before[len(before) // 2]
    print(f"{sent:,} bytes passed the frozen reader; memory grew by {grown:,}")
    print(f"median acknowledge {median * 1000:.1f} ms, before {median_before * 1000:.1f} ms")
    assert grown < MAX_GROWTH_BYTES
    assert median < 3 * median_before + 0.02
    expected = writer.call("content")
    frozen.until("content", lambda content: content == expected)
