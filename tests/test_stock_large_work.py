"""A stock client sends work of any size in one message, while others go on.

`CANVAS_TEST_ELEMENTS=30000 pytest -s tests/test_stock_large_work.py` for what the limits are for.
"""

import os
import time

import pytest

from tests.conftest import MakeServer, MakeStockClient
from tests.patience import Stopwatch, patient
from tests.server import Server, until

pytestmark = pytest.mark.timeout(240)

COUNT = int(os.environ.get("CANVAS_TEST_ELEMENTS", "10000"))


def test_a_large_drawing_in_one_step_2_arrives_while_others_draw(
    server: Server, stock_client: MakeStockClient
) -> None:
    board, elsewhere = server.new_board(bob="edit"), server.new_board()
    token = server.token("alice")
    a = stock_client(server, board, token).until_synced()
    other = stock_client(server, elsewhere, token).until_synced()
    a.call("disconnect")
    size = a.call("shapes", prefix="s", count=COUNT)
    assert size > 400 * COUNT
    started = time.monotonic()
    a.call("connect")
    waits: list[float] = []
    while not a.call("isAllSaved"):
        assert time.monotonic() - started < patient(120)
        watch = Stopwatch()
        other.call("set", id=f"e{len(waits)}", values={"type": "rectangle"})
        until(lambda: other.call("isSaved"), lambda is_saved: is_saved, pause=0.002)
        waits.append(watch.seconds)
    took = time.monotonic() - started
    late = stock_client(server, board, server.token("bob"))
    late.until("count", lambda count: count == COUNT, seconds=60)
    assert a.call("state")["closes"] == []
    waits.sort()
    print(
        f"{size:,} bytes in {took:.1f} s; meanwhile an edit elsewhere was saved within"
        f" {waits[len(waits) // 2] * 1000:.0f} ms (median), {waits[-1] * 1000:.0f} ms (longest)"
    )
    assert waits[len(waits) // 2] < 0.5


def test_above_its_limit_a_client_is_told_the_number(
    make_server: MakeServer, stock_client: MakeStockClient
) -> None:
    server = make_server(CANVAS_MAX_FRAME_BYTES="1000000", CANVAS_MAX_UPDATE_BYTES="1000000")
    board = server.new_board()
    a = stock_client(server, board, server.token("alice")).until_synced()
    a.call("disconnect")
    assert a.call("shapes", prefix="s", count=4000) > 1_000_000
    a.call("connect")
    closes = a.until("state", lambda state: state["closes"])["closes"]
    assert closes[0]["code"] == 4413
    assert "1,000,000 bytes" in closes[0]["reason"]
