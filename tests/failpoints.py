"""kill -9 at every point of the way of an update, at random moments of a burst by two people.

    python -m tests.failpoints --seeds 200
    python -m tests.failpoints --point "after commit" --start 117 --seeds 1

Everything the server had acknowledged, and everything the other person had seen, must be there
after a restart, before either of them reconnects; then they reconnect, and everyone must have
everything. Real servers (see `tests.failing_serve`) and real y-websocket clients. Prints one line
per run and a summary as JSON; stops at the first loss with exit code 1.
"""

import argparse
import itertools
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof.chaos.forked import ForkedServer
from tests.failing_points import BROKEN_NAMES, POINT_NAMES
from tests.server import StockClient, StockClients, until

MAX_HIT = 60
BURST_SECONDS = 20
ATTEMPTS = 3


class LostError(AssertionError):
    """Something that was acknowledged or seen is gone, or replicas differ."""


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of one run."""

    is_killed_at_point: bool
    written: int
    acknowledged: int
    seen: int
    seconds: float


def until_still(ask: Callable[[], Any], is_done: Callable[[Any], bool], seconds: float) -> bool:
    """Waits until done; gives up when the answer has not changed for this long.

    Only time in which something could have happened counts: on a busy machine the pauses between
    two polls grow, and each counts for at most a tenth of a second.
    """
    last, still, looked = ask(), 0.0, time.monotonic()
    while not is_done(last):
        if still > seconds:
            return False
        time.sleep(0.01)
        answer, now = ask(), time.monotonic()
        still = still + min(now - looked, 0.1) if answer == last else 0.0
        last, looked = answer, now
    return True


class Bench:
    """A server to kill, and the people who draw on it; survives any number of runs."""

    def __init__(self, data_dir: Path, still_seconds: float = 10) -> None:
        self._still_seconds = still_seconds
        self._server = ForkedServer(data_dir).start()
        self._node = StockClients()
        self._tokens = {name: self._server.token(name) for name in ("alice", "bob")}

    def close(self) -> None:
        """Ends every process."""
        self._node.close()
        self._server.close()

    def run(self, fault: str, seed: int) -> Run:
        """Two people draw until the server dies, at a moment that follows from the seed.

        Raises:
            LostError: something is missing afterwards, or the replicas differ.
        """
        started = time.monotonic()
        rnd = random.Random(f"{fault} {seed}")
        board = self._new_board()
        self._server.stop()
        self._server.start((fault, rnd.randrange(1, MAX_HIT)))
        people = {name: self._open(board, name) for name in self._tokens}
        is_killed_at_point = self._burst(people, rnd)
        for client in people.values():
            client.until("state", lambda state: not state["connected"])
            client.call("disconnect")
        acknowledged = {id for client in people.values() for id in client.call("acknowledged")}
        seen = {
            id
            for name, client in people.items()
            for id in client.call("content")
            if not id.startswith((f"{name}-", "both"))  # what the other one made
        }
        self._server.start()
        late = self._open(board, "bob")
        state = late.until("state", lambda state: state["synced"] or state["closes"])
        if not state["synced"]:
            raise LostError(f"{fault}, seed {seed}: the board cannot be opened: {state['closes']}")
        if missing := (acknowledged | seen) - set(late.call("content")):
            raise LostError(f"{fault}, seed {seed}: {len(missing)} lost, e.g. {min(missing)}")
        written = self._come_back(people, late)
        self._require_dense_rows(board)
        for client in (late, *people.values()):
            client.close()
        seconds = time.monotonic() - started
        return Run(is_killed_at_point, written, len(acknowledged), len(seen), seconds)

    def _new_board(self) -> str:
        if not self._server.is_alive():  # after a run that failed
            self._server.start()
        status, board = self._server.call("POST", "boards", {"title": "T"}, self._tokens["alice"])
        assert status == 201, board
        body = {"user": "bob", "level": "edit"}
        path = f"boards/{board['id']}/permissions"
        status, answer = self._server.call("POST", path, body, self._tokens["alice"])
        assert status == 201, answer
        return str(board["id"])

    def _open(self, board: str, name: str) -> StockClient:
        return self._node.open(self._server, board, self._tokens[name])

    def _burst(self, people: dict[str, StockClient], rnd: random.Random) -> bool:
        """Draws until the server dies; False if it had to be killed from here."""
        if rnd.random() < 0.5:  # otherwise the first edits are part of the first sync
            for client in people.values():
                if self._server.is_alive():
                    until(lambda c=client: self._is_synced(c), bool, pause=0.005)
        deadline = time.monotonic() + BURST_SECONDS
        for turn in itertools.count():
            for name, client in people.items():
                client.call("burst", prefix=f"{name}-{turn}-", count=rnd.randrange(1, 4))
                if rnd.random() < 0.3:
                    client.call("set", id="both", values={"pos": [turn, name]})
            if not self._server.is_alive():
                return True
            if time.monotonic() > deadline:
                self._server.kill()
                return False
            time.sleep(rnd.random() * 0.008)
        raise AssertionError("unreachable")

    def _is_synced(self, client: StockClient) -> bool:
        return client.call("state")["synced"] or not self._server.is_alive()

    def _come_back(self, people: dict[str, StockClient], late: StockClient) -> int:
        """Both resend what was never confirmed; returns how many elements there are then."""
        for client in people.values():
            client.call("connect")
        wanted: set[str] = set().union(*(client.call("content") for client in people.values()))

        def contents() -> list[Any]:
            return [client.call("content") for client in (late, *people.values())]

        def is_one(found: list[Any]) -> bool:
            return set(found[0]) >= wanted and found[0] == found[1] == found[2]

        if not until_still(contents, is_one, self._still_seconds):
            sizes = [len(found) for found in contents()]
            states = [client.call("state") for client in (late, *people.values())]
            raise LostError(
                f"the replicas differ and nothing moves: of {len(wanted)} elements the"
                f" newcomer and both authors hold {sizes}; {states}"
            )
        return len(wanted)

    def _require_dense_rows(self, board: str) -> None:
        with sqlite3.connect(f"file:{self._server.database}?mode=ro", uri=True) as database:
            query = "SELECT seq FROM sync_documentupdate WHERE board_id = ? ORDER BY seq"
            seqs = [row[0] for row in database.execute(query, [board.replace("-", "")])]
        if seqs != list(range(1, len(seqs) + 1)):
            raise LostError(f"the sequences are not dense: {seqs}")


def main() -> None:
    """Runs the seeds; exits 1 at the first loss."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=2, help="runs for each point")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--point", action="append", choices=(*POINT_NAMES, *BROKEN_NAMES))
    options = parser.parse_args()
    started = time.monotonic()
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="canvas-failpoints-") as directory:
        bench = Bench(Path(directory), still_seconds=30)
        try:
            for seed in range(options.start, options.start + options.seeds):
                for point in options.point or POINT_NAMES:
                    _run_and_tell(bench, point, seed, totals)
        except LostError as lost:
            print(f"LOST {lost}")
            sys.exit(1)
        finally:
            bench.close()
            print(json.dumps({**totals, "minutes": round((time.monotonic() - started) / 60, 1)}))


def _run_and_tell(bench: Bench, point: str, seed: int, totals: Counter[str]) -> None:
    run = run_patiently(bench, point, seed)
    totals.update(
        runs=1,
        killed_at_point=run.is_killed_at_point,
        written=run.written,
        acknowledged=run.acknowledged,
        seen_by_the_other=run.seen,
        lost=0,
    )
    how = "killed at the point" if run.is_killed_at_point else "killed from outside"
    print(
        f"{point}, seed {seed}: {how}; {run.written} written, {run.acknowledged} acknowledged,"
        f" {run.seen} seen by the other, none lost, {run.seconds:.2f} s",
        flush=True,
    )


def run_patiently(bench: Bench, fault: str, seed: int) -> Run:
    """`bench.run`, repeated if the machine stalled meanwhile; a loss is never repeated."""
    for attempt in range(ATTEMPTS):
        try:
            return bench.run(fault, seed)
        except LostError:
            raise
        except (AssertionError, OSError) as error:
            print(f"{fault}, seed {seed}: repeated, {error}", flush=True)
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


if __name__ == "__main__":
    main()
