"""Failures of Redis cost short delays between processes, and nothing else."""

import time

import pytest
import redis as redis_client

from tests.conftest import MakeServer, MakeStockClient, shared_settings
from tests.pairs import Pair, readiness, until_ready
from tests.server import Server
from tests.services import Service

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def servers(redis: Service, postgres_url: str, make_server: MakeServer) -> list[Server]:
    """Two processes that are never restarted, whatever happens to Redis."""
    shared = shared_settings(postgres_url, redis.url)
    return [make_server(**shared) for _ in range(2)]


@pytest.fixture
def pair(servers: list[Server], stock_client: MakeStockClient) -> Pair:
    pair = Pair(servers, stock_client)
    pair.until_presence_passes()
    return pair


def test_a_process_is_ready_also_while_nothing_happens(pair: Pair) -> None:
    """Its bus waits for messages all the time; the probe must not have to wait behind it."""
    for client in (pair.alice, pair.bob):
        client.call("disconnect")
    pair.join(0, "alice")
    pair.join(1, "bob")
    time.sleep(1)  # in which nothing happens
    until_ready(pair)


def test_redis_stands_still(pair: Pair, redis: Service) -> None:
    with redis.standing_still():
        pair.draw()
        pair.until_equal(seconds=5)
        carol = pair.join(1, "alice")
        pair.draw()
        pair.until_equal(carol, seconds=5)
        assert {readiness(server) for server in pair.servers} == {"not ready: channel layer\n"}
    until_ready(pair)
    pair.until_presence_passes()


def test_redis_is_stopped_and_started_again(pair: Pair, redis: Service) -> None:
    """Without persistence it comes back empty: every membership is gone."""
    pair.draw()
    redis.stop()
    pair.draw()
    pair.until_equal(seconds=5)
    carol = pair.join(1, "alice")
    pair.draw()
    pair.until_equal(carol, seconds=5)
    assert {readiness(server) for server in pair.servers} == {"not ready: channel layer\n"}
    redis.start()
    until_ready(pair)
    pair.until_presence_passes()
    pair.draw()
    pair.until_equal(carol, seconds=5)


def test_redis_is_flushed_while_people_draw(pair: Pair, redis: Service) -> None:
    with redis_client.Redis.from_url(redis.url) as connection:
        for _ in range(5):
            pair.draw()
            connection.flushall()
            pair.draw()
    pair.until_equal(seconds=5)
    pair.until_presence_passes()
