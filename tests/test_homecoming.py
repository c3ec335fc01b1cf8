"""People whose server ended, or shut down, come back to it once it runs again."""

import signal
from pathlib import Path

import pytest

from tests.clusters import cluster
from tests.conftest import MakeStockClient
from tests.server import StockClient, until

pytestmark = pytest.mark.timeout(240)


def _draw(people: list[StockClient], prefix: str, expected: int) -> None:
    for number, one in enumerate(people):
        one.call("burst", prefix=f"{prefix}-{number}-", count=5)
    for one in people:
        one.until("isSaved", bool)
        one.until("content", lambda content: len(content) == expected)


def test_boards_go_home(tmp_path: Path, static_root: Path, stock_client: MakeStockClient) -> None:
    with cluster(tmp_path, static_root=static_root, servers=2, bus="redis") as running:
        server = running.server
        board = server.new_board(bob="edit")
        people = [
            stock_client(server, board, server.token(name)).until_synced()
            for name in ("alice", "bob")
        ]
        _draw(people, "before", 10)
        (home,) = until(lambda: running.servers_of_boards().get(board, set()), bool)
        (other,) = set(running.server_names) - {home}
        for turn, how in enumerate((signal.SIGKILL, signal.SIGTERM)):
            closes = [len(one.call("state")["closes"]) for one in people]
            pid = running.kill(home, how)
            until(lambda: other in running.servers_of_boards()[board], bool)
            running.until_replaced(home, pid)
            until(lambda: running.servers_of_boards()[board] == {home}, bool, seconds=60)
            _draw(people, f"after-{turn}", 20 + 10 * turn)
            for one, before in zip(people, closes, strict=True):
                assert one.call("state")["closes"][before:][-1]["code"] == 4500
