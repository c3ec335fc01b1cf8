"""`python -m tests.cluster_faults`: accidents of a cluster while people draw through its proxy.

Each server is killed in turn, all are restarted one after the other, Redis forgets everything,
PostgreSQL is restarted, and in the end all servers are killed at the same moment. At each accident
the people of some boards leave at once and never send anything again: a newcomer to those boards
must find everything that was acknowledged or seen there. Prints a table of the longest wait of each
person, from an edit to "saved" and to the last of the others who sees it, and exits 1 if anything
is lost, if a page needs a reload, or if somebody waited longer than the bounds.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.cluster_pages import Pages, no_pages, pages_on
from tests.cluster_people import People, Requests, many_people
from tests.cluster_table import HEAD, Outcome, Row
from tests.clusters import ClusterUnderTest, cluster
from tests.prepared import collect_static, once
from tests.server import until

KILL_SECONDS = 2.0
ROLLING_SECONDS = 1.0
SHARE_CUT = 10
"""One board in so many loses its people at each accident."""


@dataclass(frozen=True)
class Size:
    """How much goes on."""

    servers: int = 4
    boards: int = 100
    people: int = 5
    rate: float = 1.0
    settle_seconds: float = 5.0
    """How long each accident is observed after its cause is over."""
    pages: int = 2
    bus: str = "redis"
    accidents: tuple[str, ...] = ("nothing", "kill", "rolling", "redis", "postgres", "all")


class Accidents:
    """A cluster with people on it, and what happens to it."""

    def __init__(
        self, cluster: ClusterUnderTest, size: Size, people: People, pages: Pages, rest: Requests
    ) -> None:
        self._cluster, self._size = cluster, size
        self._people, self._pages, self._rest = people, pages, rest
        self._turn = 0
        self.outcome = Outcome()

    def run_all(self) -> None:
        """One after the other; then everybody has to have everything."""
        kinds: dict[str, Callable[[], None]] = {
            "nothing": lambda: self._observe("nothing", None, lambda: None),
            "kill": self._kill_each,
            "rolling": lambda: self._observe(
                "rolling restart", ROLLING_SECONDS, self._cluster.restart_servers
            ),
            "redis": self._lose_redis,
            "postgres": lambda: self._observe(
                "PostgreSQL is restarted", None, *self._killed("PostgreSQL", signal.SIGINT)
            ),
            "all": lambda: self._observe("kill -9 all servers", None, *self._all_killed()),
        }
        for kind in self._size.accidents:
            kinds[kind]()
        self._rest.stop()
        end = self._people.call("finish", seconds=60)
        self.outcome.wrong += end["wrong"]
        if end["unsaved"]:
            self.outcome.wrong.append(f"{end['unsaved']} people could not save everything")
        self.outcome.wrong += self._pages.problems()

    def _kill_each(self) -> None:
        for name in self._cluster.server_names:
            before = self._cluster.servers_of_boards()
            self._observe(f"kill -9 {name}", KILL_SECONDS, *self._killed(name))
            self._until_home(before)

    def _until_home(self, before: dict[str, set[str]]) -> None:
        """Returns when all boards are where they were."""

        def elsewhere() -> int:
            now = self._cluster.servers_of_boards()
            return sum(now.get(board, servers) != servers for board, servers in before.items())

        began = time.monotonic()
        moved = elsewhere()
        until(elsewhere, lambda count: count == 0, seconds=120, pause=0.5)
        print(f"    {moved} boards went home within {time.monotonic() - began:.0f} s", flush=True)

    def _lose_redis(self) -> None:
        if self._size.bus == "redis":
            self._observe("Redis is flushed", None, self._flush_redis)
            self._observe("kill -9 Redis", None, *self._killed("Redis"))

    def _killed(
        self, name: str, how: signal.Signals = signal.SIGKILL
    ) -> tuple[Callable[[], None], Callable[[], None]]:
        pids: list[int] = []
        return (
            lambda: pids.append(self._cluster.kill(name, how)),
            lambda: self._cluster.until_replaced(name, pids[0]),
        )

    def _all_killed(self) -> tuple[Callable[[], None], Callable[[], None]]:
        pids: dict[str, int] = {}

        def kill() -> None:
            pids.update({name: self._cluster.kill(name) for name in self._cluster.server_names})

        def wait() -> None:
            for name, pid in pids.items():
                self._cluster.until_replaced(name, pid)

        return kill, wait

    def _flush_redis(self) -> None:
        with redis.Redis.from_url(self._cluster.service("Redis")["url"]) as connection:
            connection.flushall()

    def _observe(
        self,
        name: str,
        bound: float | None,
        cause: Callable[[], None],
        until_over: Callable[[], None] = lambda: None,
    ) -> None:
        self._rest.take_failed()
        began = self._people.call("now")
        self._pages.draw()
        cause()
        promises = self._people.call("cut", indices=self._boards_to_cut())
        until_over()
        time.sleep(self._size.settle_seconds)
        ended = self._people.call("now")
        lost = self._people.call("verify")
        report = self._people.call("report", **{"from": began, "to": ended})
        row = Row(name, bound, report, lost, promises, self._rest.take_failed())
        self.outcome.rows.append(row)
        print(row, flush=True)
        for line in lost:
            print(f"    lost: {line}", flush=True)

    def _boards_to_cut(self) -> list[int]:
        """Others each time; never the one with the pages."""
        self._turn += 1
        boards = range(1, self._size.boards)
        return [one for one in boards if (one + self._turn) % SHARE_CUT == 0]


def run(size: Size, directory: Path, static_root: Path) -> Outcome:
    """Starts everything, prints the table, and ends everything."""
    everybody_from_here = {
        "CANVAS_MAX_SOCKETS_PER_ADDRESS": "100000",
        "CANVAS_MAX_SOCKETS_PER_USER": "100000",
        "CANVAS_ACCESS_TOKEN_SECONDS": "36000",
        "CANVAS_PROXY_CONNECTIONS_PER_ADDRESS": "60000",
    }
    with (
        cluster(
            directory,
            static_root=static_root,
            servers=size.servers,
            bus=size.bus,
            **everybody_from_here,
        ) as running,
        many_people() as people,
    ):
        server = running.server
        boards = [server.new_board(bob="edit") for _ in range(size.boards)]
        tokens = [server.token("alice"), server.token("bob")]
        count = people.call(
            "open",
            base=server.socket_base,
            boards=[{"id": board, "tokens": tokens} for board in boards],
            each=size.people,
            rate=size.rate,
        )
        rest = Requests(server, boards[0], tokens[0])
        rest.start()
        print(
            f"{count} people on {size.boards} boards, {size.rate:g} edits a second each; "
            f"{size.servers} servers behind nginx, bus {size.bus}, {size.pages} real pages"
        )
        print(HEAD, flush=True)
        with pages_on(server, boards[0], size.pages) if size.pages else no_pages() as pages:
            time.sleep(size.settle_seconds)
            accidents = Accidents(running, size, people, pages, rest)
            accidents.run_all()
    for line in accidents.outcome.wrong:
        print(f"WRONG: {line}")
    return accidents.outcome


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="tests.cluster_faults", description=__doc__)
    parser.add_argument("--servers", type=int, default=Size.servers)
    parser.add_argument("--boards", type=int, default=Size.boards)
    parser.add_argument("--people", type=int, default=Size.people, help="on each board")
    parser.add_argument("--rate", type=float, default=Size.rate, help="edits a second of each")
    parser.add_argument("--settle", type=float, default=Size.settle_seconds, help="seconds")
    parser.add_argument("--pages", type=int, default=Size.pages, help="real pages in Chromium")
    parser.add_argument("--bus", choices=["redis", "postgres"], default=Size.bus)
    parser.add_argument("--accidents", nargs="+", choices=Size.accidents, default=Size.accidents)
    options = parser.parse_args(arguments)
    size = Size(
        options.servers,
        options.boards,
        options.people,
        options.rate,
        options.settle,
        options.pages,
        options.bus,
        tuple(options.accidents),
    )
    with tempfile.TemporaryDirectory(prefix="canvas-cluster-") as name:
        directory = Path(name)
        outcome = run(size, directory, once(directory, "static", collect_static))
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    main()
