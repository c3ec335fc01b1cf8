"""Failures of Redis cost short delays between processes, and nothing else."""

import time
import urllib.error
import urllib.request

import pytest
import redis as redis_client

from tests.conftest import MakeServer, MakeStockClient, shared_settings
from tests.server import Server, StockClient, until
from tests.services import Service

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def servers(make_session_server: MakeServer, redis: Service, postgres_url: str) -> list[Server]:
    """Two processes that are never restarted, whatever happens to Redis."""
    shared = shared_settings(postgres_url, redis.url)
    return [make_session_server(**shared) for _ in range(2)]


class Pair:
    """Alice on one process and Bob on the other, with a board of their own."""

    def __init__(self, servers: list[Server], stock_client: MakeStockClient) -> None:
        self.servers = servers
        self._stock_client = stock_client
        self._board = servers[0].new_board(bob="edit")
        self.alice = self.join(0, "alice")
        self.bob = self.join(1, "bob")
        self._drawn = 0

    def join(self, server: int, name: str) -> StockClient:
        """Signs in at a process and opens the board there."""
        token = self.servers[server].token(name)
        return self._stock_client(self.servers[server], self._board, token).until_synced()

    def draw(self) -> None:
        """Both draw."""
        self._drawn += 1
        for name, client in (("a", self.alice), ("b", self.bob)):
            client.call("burst", prefix=f"{name}-{self._drawn}-", count=5)

    def until_equal(self, *others: StockClient, seconds: float) -> None:
        """Returns when everybody holds everything; fails after so many seconds."""
        for client in (self.alice, self.bob, *others):
            client.until("content", lambda content: len(content) == 10 * self._drawn, seconds)

    def until_presence_passes(self) -> None:
        """Presence travels on the channel layer alone: it works again, both ways."""
        for one, other in ((self.alice, self.bob), (self.bob, self.alice)):
            self._announced = getattr(self, "_announced", 0) + 1
            mark = self._announced

            def sees(one: StockClient = one, other: StockClient = other, mark: int = mark) -> bool:
                one.call("announce", state={"mark": mark})
                return any(person.get("mark") == mark for person in other.call("people"))

            until(sees, bool, seconds=15, pause=0.3)


@pytest.fixture
def pair(servers: list[Server], stock_client: MakeStockClient) -> Pair:
    pair = Pair(servers, stock_client)
    pair.until_presence_passes()
    return pair


def readiness(server: Server) -> str:
    """What /readyz says."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=20) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


def until_ready(pair: Pair) -> None:
    for server in pair.servers:
        until(lambda server=server: readiness(server), lambda text: text == "ready\n")


def test_a_process_is_ready_also_while_nothing_happens(pair: Pair) -> None:
    """Its bus waits for messages all the time; the probe must not have to wait behind it."""
    for client in (pair.alice, pair.bob):
        client.call("disconnect")
    pair.join(0, "alice")
    pair.join(1, "bob")
    time.sleep(1)
    assert {readiness(server) for server in pair.servers} == {"ready\n"}


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
