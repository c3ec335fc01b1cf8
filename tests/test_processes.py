"""Two server processes on one PostgreSQL are one product, with Redis and without; Daphne serves it
too.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests.conftest import MakeServer, MakeStockClient, NewData, shared_settings
from tests.ports import free_port
from tests.server import QUICK_HASHES, ROOT, Server, StockClient, until
from tests.services import cut_bus_connections

pytestmark = pytest.mark.timeout(180)


def _shared(bus: str, redis_url: str, postgres_url: str) -> dict[str, str]:
    shared = shared_settings(postgres_url, redis_url if bus == "redis" else "")
    return {**shared, "CANVAS_EXPENSIVE_PER_MINUTE": "6"}


@pytest.fixture(scope="module", params=["redis", "postgres"])
def bus(request: pytest.FixtureRequest) -> str:
    """What carries messages between the processes."""
    return str(request.param)


@pytest.fixture(scope="module")
def two_servers(
    make_server: MakeServer, bus: str, redis_url: str, postgres_url: str
) -> Iterator[tuple[Server, Server]]:
    """Two processes that share nothing else."""
    shared = _shared(bus, redis_url, postgres_url)
    servers = make_server(**shared), make_server(**shared)
    yield servers
    for server in servers:
        server.stop()


def _pair(
    servers: tuple[Server, Server], stock_client: MakeStockClient
) -> tuple[str, StockClient, StockClient]:
    board = servers[0].new_board(bob="edit")
    a = stock_client(servers[0], board, servers[0].token("alice")).until_synced()
    b = stock_client(servers[1], board, servers[1].token("bob")).until_synced()
    return board, a, b


def test_people_on_two_processes_draw_on_one_board(
    two_servers: tuple[Server, Server], stock_client: MakeStockClient
) -> None:
    board, a, b = _pair(two_servers, stock_client)
    for index in range(100):
        a.call("set", id=f"a{index}", values={"type": "rectangle", "pos": [index, 0]})
        b.call("set", id=f"b{index}", values={"type": "ellipse", "pos": [0, index]})
    for client in (a, b):
        client.until("content", lambda content: len(content) == 200)
    a.call("announce", state={"cursor": [1, 2]})
    people = b.until("people", lambda people: any("cursor" in person for person in people))
    assert [p["user"]["name"] for p in people if "cursor" in p] == ["Alice"]
    a.call("disconnect")
    b.until("people", lambda people: not any("cursor" in person for person in people))
    late = stock_client(two_servers[0], board, two_servers[0].token("bob")).until_synced()
    assert late.call("content") == b.call("content") == a.call("content")


def test_both_writing_one_element_end_equal(
    two_servers: tuple[Server, Server], stock_client: MakeStockClient
) -> None:
    _, a, b = _pair(two_servers, stock_client)
    a.call("set", id="e", values={"type": "rectangle", "pos": [0, 0]})
    b.until("content", lambda content: "e" in content)
    a.call("moves", id="e", count=300)
    b.call("moves", id="e", count=300)
    a.call("set", id="end-a", values={})
    b.call("set", id="end-b", values={})
    for client in (a, b):
        client.until("content", lambda content: {"end-a", "end-b"} <= set(content))
    until(lambda: (a.call("content"), b.call("content")), lambda pair: pair[0] == pair[1])


def test_losing_what_the_layer_knew_costs_time_and_no_data(
    two_servers: tuple[Server, Server],
    stock_client: MakeStockClient,
    bus: str,
    redis_url: str,
    postgres_url: str,
) -> None:
    """Whatever is lost with it, polling the open boards still finds the rows."""
    _, a, b = _pair(two_servers, stock_client)
    if bus == "redis":
        redis.Redis.from_url(redis_url).flushall()
    else:
        with psycopg.connect(postgres_url) as database:
            cut_bus_connections(database)
    a.call("set", id="after", values={"type": "rectangle"})
    b.until("content", lambda content: "after" in content, seconds=10)
    b.call("set", id="back", values={"type": "ellipse"})
    a.until("content", lambda content: "back" in content, seconds=10)


def test_processes_count_expensive_reads_together(two_servers: tuple[Server, Server]) -> None:
    board = two_servers[0].new_board()
    token = two_servers[0].token("alice")

    def ask() -> list[int]:
        return [
            server.call("GET", f"boards/{board}/elements", None, token)[0]
            for _ in range(4)
            for server in two_servers
        ]

    # The count restarts each minute: asked across its beginning, the answers say nothing.
    answers = until(lambda: (_minute(), ask(), _minute()), lambda told: told[0] == told[2])[1]
    assert answers.count(200) <= 6
    assert 429 in answers


def _minute() -> int:
    return int(time.time() // 60)


@pytest.mark.parametrize(
    ("layer", "drop"), [("redis", 0), ("redis", 50), ("redis", 100), ("postgres", 50)]
)
def test_a_layer_that_loses_messages_costs_two_seconds_at_most(
    make_server: MakeServer,
    stock_client: MakeStockClient,
    redis_url: str,
    postgres_url: str,
    layer: str,
    drop: int,
) -> None:
    shared = {
        **_shared(layer, redis_url, postgres_url),
        "DJANGO_SETTINGS_MODULE": "tests.settings_lossy",
        "CANVAS_TEST_DROP": str(drop),
    }
    servers = make_server(**shared), make_server(**shared)
    board, a, b = _pair(servers, stock_client)
    for turn in range(10):
        a.call("burst", prefix=f"a{turn}-", count=10)
        b.call("burst", prefix=f"b{turn}-", count=10)
    # Until everything of both is acknowledged; from then on two seconds.
    for client in (a, b):
        client.until("acknowledged", lambda ids: len(ids) == 100)
    for client in (a, b):
        client.until("content", lambda content: len(content) == 200, seconds=2)
    assert a.call("content") == b.call("content")
    with psycopg.connect(postgres_url) as database:
        query = "SELECT seq FROM sync_documentupdate WHERE board_id = %s ORDER BY seq"
        seqs = [row[0] for row in database.execute(query, [board])]
    assert seqs == list(range(1, len(seqs) + 1))
    for server in servers:
        server.stop()


def test_a_permission_that_is_taken_away_on_one_process_ends_sockets_on_the_other(
    two_servers: tuple[Server, Server], stock_client: MakeStockClient
) -> None:
    board, _, b = _pair(two_servers, stock_client)
    token = two_servers[0].token("alice")
    status, rows = two_servers[0].call("GET", f"boards/{board}/permissions", None, token)
    assert status == 200
    results = rows["results"] if isinstance(rows, dict) else rows
    (row,) = [row for row in results if row["user"] == "bob"]
    path = f"boards/{board}/permissions/{row['id']}"
    assert two_servers[0].call("DELETE", path, None, token)[0] == 204
    state = b.until("state", lambda state: state["closes"])
    assert state["closes"][0]["code"] == 4003


def test_daphne_serves_it_too(
    static_root: Path, new_data: NewData, stock_client: MakeStockClient
) -> None:
    server = Server(new_data(), static_root=static_root, **QUICK_HASHES)
    server.port = free_port()
    server.url = f"http://127.0.0.1:{server.port}"
    server.socket_base = f"ws://127.0.0.1:{server.port}/ws/canvas"
    options = ["-b", "127.0.0.1", "-p", str(server.port), "--websocket_timeout", "-1"]
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "daphne"), *options, "canvas_project.asgi:application"],
        cwd=ROOT,
        env={**os.environ, **server.environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _answers(f"{server.url}/readyz"), bool)
        board = server.new_board(bob="edit")
        a = stock_client(server, board, server.token("alice")).until_synced()
        b = stock_client(server, board, server.token("bob")).until_synced()
        a.call("set", id="e1", values={"type": "rectangle"})
        b.until("content", lambda content: "e1" in content)
        stranger = stock_client(server, board, server.token("charlie"))
        state = stranger.until("state", lambda state: state["closes"])
        assert state["closes"][0]["code"] == 4003
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False
