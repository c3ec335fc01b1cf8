"""Stock clients see who joins, leaves and returns, also across two processes and their ends."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import MakeStockClient, shared_settings
from tests.patience import Stopwatch
from tests.server import Server, StockClient
from tests.services import Service

pytestmark = [pytest.mark.timeout(180), pytest.mark.alone]

SOON = 3.0
"""Seconds within which people see who left and who is back."""
REMOTE_SECONDS = 6
REMOTE_EXPIRY = REMOTE_SECONDS + SOON
"""Seconds after which everyone on a killed process is gone."""


def until_seen(client: StockClient, marks: set[int], seconds: float = SOON) -> None:
    """Returns when exactly the people with these marks are there."""
    client.until(
        "people",
        lambda people: {person["mark"] for person in people if "mark" in person} == marks,
        seconds,
    )


def announced(client: StockClient, mark: int) -> StockClient:
    """A client that says who it is."""
    client.until_synced().call("announce", state={"mark": mark})
    return client


def test_a_stock_client_that_disconnects_and_connects_is_seen_both_times(
    server: Server, stock_client: MakeStockClient
) -> None:
    board = server.new_board(bob="edit")
    a = announced(stock_client(server, board, server.token("alice")), 1)
    b = announced(stock_client(server, board, server.token("bob")), 2)
    until_seen(b, {1, 2})
    for _ in range(2):
        a.call("disconnect")
        until_seen(b, {2})
        a.call("connect")
        until_seen(b, {1, 2})
        until_seen(a, {1, 2})


def test_of_two_clients_of_one_person_the_one_that_leaves_is_gone(
    server: Server, stock_client: MakeStockClient
) -> None:
    board = server.new_board(bob="edit")
    token = server.token("alice")
    one = announced(stock_client(server, board, token), 1)
    other = announced(stock_client(server, board, token), 2)
    b = announced(stock_client(server, board, server.token("bob")), 3)
    for client in (one, other, b):
        until_seen(client, {1, 2, 3})
    one.call("announce", state={"mark": 4})
    until_seen(b, {2, 3, 4})
    one.call("disconnect")
    for client in (other, b):
        until_seen(client, {2, 3})
    one.call("connect")
    for client in (one, other, b):
        until_seen(client, {2, 3, 4})


@pytest.fixture
def two_servers(
    static_root: Path, tmp_path: Path, redis: Service, postgres_url: str
) -> Iterator[list[Server]]:
    """Two processes that may be ended."""
    shared = {
        **shared_settings(postgres_url, redis.url),
        "CANVAS_PRESENCE_REMOTE_SECONDS": str(REMOTE_SECONDS),
    }
    with ExitStack() as started:
        servers = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            server = Server(tmp_path / name, static_root=static_root, **shared)
            started.callback(server.stop)
            servers.append(server.start())
        yield servers


def test_nobody_stays_behind_whose_process_ended(
    two_servers: list[Server], stock_client: MakeStockClient, redis: Service
) -> None:
    one, two = two_servers
    board = one.new_board(bob="edit", charlie="edit")
    a = announced(stock_client(one, board, one.token("alice")), 1)
    # Bob's process has just opened the board and has heard of nobody.
    b = announced(stock_client(two, board, two.token("bob")), 2)
    c = announced(stock_client(one, board, one.token("charlie")), 3)
    for client in (a, b, c):
        until_seen(client, {1, 2, 3})

    with redis.standing_still():
        a.call("disconnect")  # which nobody on the other process hears of
        one.kill()
        watch = Stopwatch()
        until_seen(b, {2}, REMOTE_EXPIRY)
    late = stock_client(two, board, two.token("alice")).until_synced()
    until_seen(late, {2})
    assert watch.seconds < REMOTE_EXPIRY + SOON

    one.start()
    until_seen(b, {2, 3}, 40)  # a stock client waits before it tries again
    until_seen(c, {2, 3})
    a.call("connect")
    until_seen(b, {1, 2, 3})
    one.stop()
    until_seen(b, {2})
