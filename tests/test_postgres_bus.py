"""Without Redis: failures of PostgreSQL cost what they cost anyway, and nothing else."""

import time

import psycopg
import pytest

from tests.conftest import MakeServer, MakeStockClient, shared_settings
from tests.pairs import Pair, until_ready
from tests.server import Server
from tests.services import Service, cut_bus_connections

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def servers(postgres: Service, make_server: MakeServer) -> list[Server]:
    """Two processes that are never restarted, whatever happens to PostgreSQL."""
    shared = shared_settings(postgres.url)
    return [make_server(**shared) for _ in range(2)]


@pytest.fixture
def pair(servers: list[Server], stock_client: MakeStockClient) -> Pair:
    pair = Pair(servers, stock_client)
    pair.until_presence_passes()
    return pair


def test_postgresql_stands_still(pair: Pair, postgres: Service) -> None:
    with postgres.standing_still():
        pair.draw()
        time.sleep(4)  # longer than the bus waits for one call
    pair.until_equal(seconds=10)
    until_ready(pair)
    pair.until_presence_passes()


def test_postgresql_is_restarted(pair: Pair, postgres: Service) -> None:
    pair.draw()
    postgres.restart()
    pair.draw()
    pair.until_equal(seconds=20)
    carol = pair.join(1, "alice")
    pair.draw()
    pair.until_equal(carol, seconds=10)
    until_ready(pair)
    pair.until_presence_passes()


def test_the_connections_are_cut_while_people_draw(pair: Pair, postgres: Service) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as database:
        for _ in range(5):
            pair.draw()
            cut_bus_connections(database)
            pair.draw()
    pair.until_equal(seconds=5)
    pair.until_presence_passes()


def test_a_message_above_the_limit_of_postgresql_arrives(pair: Pair) -> None:
    """One change of 60 elements is one message of more than 8000 bytes."""
    before = pair.bob.call("content")
    pair.alice.call("burst", prefix="many-", count=60)
    pair.bob.until("content", lambda content: len(content) == len(before) + 60, 5)
