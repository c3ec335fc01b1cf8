"""Failures of the storage: nothing acknowledged is lost, and nobody has to restart the server.

Each fault is a real one, made from outside while two stock clients draw.
"""

import resource
import signal
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import MakeServer, MakeStockClient
from tests.server import Server, StockClient, until
from tests.services import Service

WAIT_SECONDS = 2
STORAGE_UNAVAILABLE = 4503
pytestmark = pytest.mark.timeout(120)


class Drawing:
    """Two people on a board, and what they were promised."""

    def __init__(self, server: Server, stock_client: MakeStockClient) -> None:
        self.server = server
        self._stock_client = stock_client
        self._board = server.new_board(bob="edit")
        self._token = server.token("bob")
        self.people = {
            name: stock_client(server, self._board, server.token(name)).until_synced()
            for name in ("alice", "bob")
        }
        self._bursts = 0

    def draw(self) -> None:
        """Everybody draws a little."""
        self._bursts += 1
        for name, client in self.people.items():
            client.call("burst", prefix=f"{name}-{self._bursts}-", count=3)

    def acknowledged(self) -> set[str]:
        """What the server has promised to keep."""
        return {id for client in self.people.values() for id in client.call("acknowledged")}

    def until_saved(self) -> None:
        """Returns when everything that was drawn is acknowledged."""
        for client in self.people.values():
            client.until("isSaved", bool, seconds=30)

    def until_sent_away(self) -> None:
        """Returns when everybody's socket was closed because of the storage."""
        for client in self.people.values():
            state = client.until("state", lambda state: state["closes"], seconds=30)
            assert {close["code"] for close in state["closes"]} == {STORAGE_UNAVAILABLE}

    def check(self) -> None:
        """Everyone, and a newcomer, has everything."""
        self.until_saved()
        late = self._newcomer()
        wanted = 6 * self._bursts
        for client in (late, *self.people.values()):
            client.until("content", lambda content: len(content) == wanted)
        assert self.acknowledged() == set(late.call("content"))

    def _newcomer(self) -> StockClient:
        return self._stock_client(self.server, self._board, self._token).until_synced()


@pytest.fixture(scope="module")
def sqlite_backed(make_server: MakeServer) -> Server:
    """It is never restarted: every test starts with what the one before it left."""
    return make_server(CANVAS_STORAGE_WAIT_SECONDS=str(WAIT_SECONDS))


@pytest.fixture
def drawing(sqlite_backed: Server, stock_client: MakeStockClient) -> Drawing:
    return Drawing(sqlite_backed, stock_client)


def readiness(server: Server) -> tuple[int, str]:
    """Status and text of /readyz."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """The process cannot write to any file beyond its first bytes, as if the disk were full."""
    limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Another process holds SQLite's write lock."""
    path = Path(server.environment["CANVAS_DATA_DIR"]) / "canvas.sqlite3"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        database.rollback()
        database.close()


def test_a_full_disk_sends_people_away_until_there_is_room(drawing: Drawing) -> None:
    drawing.draw()
    drawing.until_saved()
    with full_disk(drawing.server):
        promised = drawing.acknowledged()
        drawing.draw()
        until(lambda: readiness(drawing.server)[0], lambda status: status == 503)
        drawing.until_sent_away()
        drawing.draw()
        assert drawing.acknowledged() == promised
    until(lambda: readiness(drawing.server)[0], lambda status: status == 200)
    drawing.check()


def test_a_short_lock_only_delays(make_server: MakeServer, stock_client: MakeStockClient) -> None:
    patient_server = make_server(CANVAS_STORAGE_WAIT_SECONDS="60")
    drawing = Drawing(patient_server, stock_client)
    with locked(drawing.server):
        promised = drawing.acknowledged()
        drawing.draw()
        with pytest.raises(AssertionError):
            drawing.people["alice"].until("isSaved", bool, seconds=1)
        assert drawing.acknowledged() == promised
    drawing.check()
    assert all(client.call("state")["closes"] == [] for client in drawing.people.values())


def test_a_long_lock_sends_people_away_until_it_is_gone(drawing: Drawing) -> None:
    with locked(drawing.server):
        drawing.draw()
        until(lambda: readiness(drawing.server)[0], lambda status: status == 503)
        drawing.until_sent_away()
    until(lambda: readiness(drawing.server)[0], lambda status: status == 200)
    drawing.check()


# --- PostgreSQL


@pytest.fixture(scope="module")
def postgres_backed(postgres: Service, make_server: MakeServer) -> Server:
    return make_server(DATABASE_URL=postgres.url, CANVAS_STORAGE_WAIT_SECONDS=str(WAIT_SECONDS))


def test_postgresql_is_killed_and_comes_back_in_a_burst(
    postgres: Service, postgres_backed: Server, stock_client: MakeStockClient
) -> None:
    drawing = Drawing(postgres_backed, stock_client)
    for _ in range(10):
        drawing.draw()
    postgres.stop(signal.SIGQUIT)  # every backend at once, with SIGKILL
    for _ in range(10):
        drawing.draw()
    promised = drawing.acknowledged()
    # What was found within the last second is still told.
    until(lambda: readiness(postgres_backed), lambda told: told == (503, "not ready: database\n"))
    drawing.until_sent_away()
    drawing.draw()
    postgres.start()
    assert promised <= drawing.acknowledged()
    until(lambda: readiness(postgres_backed)[0], lambda status: status == 200)
    drawing.check()


def test_postgresql_stands_still(
    postgres: Service, postgres_backed: Server, stock_client: MakeStockClient
) -> None:
    """It holds connections and answers nobody, as behind a broken network."""
    drawing = Drawing(postgres_backed, stock_client)
    with postgres.standing_still():
        drawing.draw()
        drawing.until_sent_away()
    drawing.check()
