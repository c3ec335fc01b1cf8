"""Two people on two processes, who draw while services fail."""

import urllib.error
import urllib.request

from tests.conftest import MakeStockClient
from tests.patience import patient
from tests.server import Server, StockClient, until


class Pair:
    """Alice on one process and Bob on the other, with a board of their own."""

    def __init__(self, servers: list[Server], stock_client: MakeStockClient) -> None:
        self.servers = servers
        self._stock_client = stock_client
        self.board = servers[0].new_board(bob="edit")
        self.alice = self.join(0, "alice")
        self.bob = self.join(1, "bob")
        self._drawn = 0

    def join(self, server: int, name: str) -> StockClient:
        """Signs in at a process and opens the board there."""
        token = self.servers[server].token(name)
        return self._stock_client(self.servers[server], self.board, token).until_synced()

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


def readiness(server: Server) -> str:
    """What /readyz says."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=patient(20)) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


def until_ready(pair: Pair) -> None:
    for server in pair.servers:
        until(lambda server=server: readiness(server), lambda text: text == "ready\n")
