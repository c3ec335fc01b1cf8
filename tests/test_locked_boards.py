"""A board that somebody keeps locked delays only those on it, and nobody keeps it for ever."""

import signal

import psycopg
import pytest

from canvas_project.postgres_sessions import IDLE_SECONDS
from tests.conftest import MakeServer, MakeStockClient
from tests.locked import holder, is_locked, pair_on, until_it_holds
from tests.pairs import Pair
from tests.services import Service

pytestmark = pytest.mark.timeout(180)


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
