"""A board that somebody keeps locked delays only those on it, and nobody keeps it for ever."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from canvas_project.postgres_sessions import IDLE_SECONDS
from tests.conftest import MakeServer, MakeStockClient, service
from tests.network import BACK, COMMAND, Network, is_possible
from tests.pairs import Pair
from tests.server import ROOT
from tests.services import Service, postgres_server, shared_settings

LOST_SECONDS = 20
"""PostgreSQL gives a machine up after 11."""
pytestmark = pytest.mark.timeout(180)


@contextmanager
def holder(url: str, board: str, prefix: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process in a transaction that locks the board, once its input ends."""
    with subprocess.Popen(
        [*prefix, "sh", "-c", 'read _; exec "$@"', "sh", *_program(board)],
        cwd=ROOT,
        env={
            **os.environ,
            **shared_settings(url),
            "DJANGO_SETTINGS_MODULE": "tests.settings_quick",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _program(board: str) -> list[str]:
    return [sys.executable, "-m", "tests.holds_a_board", board]


def until_it_holds(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    assert process.stdout.readline() == b"holds it\n"


def is_locked(postgres: Service, board: str) -> bool:
    with psycopg.connect(postgres.url) as database:
        query = "SELECT FROM boards_board WHERE id = %s FOR UPDATE SKIP LOCKED"
        return database.execute(query, [board]).fetchone() is None


def pair_on(postgres: Service, make_server: MakeServer, stock_client: MakeStockClient) -> Pair:
    return Pair([make_server(**shared_settings(postgres.url))] * 2, stock_client)


def test_a_locked_board_delays_nobody_elsewhere(
    postgres: Service, make_server: MakeServer, stock_client: MakeStockClient
) -> None:
    """Its own people stay connected, and their work is committed when it is free again."""
    pair = pair_on(postgres, make_server, stock_client)
    others = Pair(pair.servers, stock_client)
    with psycopg.connect(postgres.url) as database:
        database.execute("SELECT FROM boards_board WHERE id = %s FOR UPDATE", [pair.board])
        pair.draw()
        for _ in range(3):
            others.draw()
            others.until_equal(seconds=1)
        assert len(pair.bob.call("content")) < 10
        database.rollback()
        pair.until_equal(seconds=1)
    assert [one.call("state")["closes"] for one in (pair.alice, pair.bob)] == [[], []]


def test_a_frozen_server_keeps_nobody_from_drawing(
    postgres: Service, make_server: MakeServer, stock_client: MakeStockClient
) -> None:
    pair = pair_on(postgres, make_server, stock_client)
    with holder(postgres.url, pair.board) as process:
        until_it_holds(process)
        process.send_signal(signal.SIGSTOP)
        assert is_locked(postgres, pair.board)
        pair.draw()
        pair.until_equal(seconds=IDLE_SECONDS + 10)
        process.send_signal(signal.SIGCONT)


if is_possible():

    @pytest.fixture
    def network() -> Iterator[Network]:
        made = Network()
        yield made
        made.close()

    # A browser that loads something meanwhile gives up at once: its network has changed.
    @pytest.mark.alone
    def test_a_lost_machine_keeps_nobody_from_drawing(
        prepared_postgres: Path,
        network: Network,
        make_server: MakeServer,
        stock_client: MakeStockClient,
    ) -> None:
        with ExitStack() as stack:
            back = network.address(BACK)
            start = partial(postgres_server, prepared_postgres, back)
            postgres = stack.enter_context(service(start))
            pair = pair_on(postgres, make_server, stock_client)
            url = postgres.url.replace("127.0.0.1", back)
            process = stack.enter_context(holder(url, pair.board, COMMAND))
            cables = network.connect(0, process.pid)
            until_it_holds(process)
            for cable in cables.values():
                cable.pull()
            assert is_locked(postgres, pair.board)
            pair.draw()
            pair.until_equal(seconds=LOST_SECONDS)
