"""`python -m proof.peers`: what this server and others keep when they are killed, or stopped.

Prints one line for each run, and a table; writes it to `proof/results/peers.json` with `--write`.
Needs `make peers`, which installs the others and calls this.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from proof.clients.people import People
from proof.peers.own import OwnServer
from proof.peers.run import KILL, STOP, Outcome, Tested, play
from proof.peers.servers import PEERS, Peer, PeerServer
from proof.peers.table import table
from tests.prepared import collect_static

OWN = "this server"
ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "proof" / "results" / "peers.json"
NAMES = (OWN, *(peer.name for peer in PEERS))


class Closable(Tested, Protocol):
    """A server that is started and closed here."""

    def close(self) -> None:
        """Ends it."""


@contextmanager
def running(make: Callable[[], Closable]) -> Iterator[Tested]:
    """Starts a server for a block."""
    server = make()
    try:
        server.start()
        yield server
    finally:
        server.close()


def row(name: str, end: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """One line of the table: sums over all runs."""
    about = next((peer for peer in PEERS if peer.name == name), None)
    return {
        "server": name,
        "version": about.version if about else "",
        "persists": about.persists if about else "SQLite, synchronous=FULL, before anyone sees it",
        "end": end,
        "runs": len(outcomes),
        "written": sum(one.writes for one in outcomes),
        "seen": sum(one.seen for one in outcomes),
        "lost": sum(one.lost for one in outcomes),
        "runs_with_loss": sum(one.lost > 0 for one in outcomes),
        "oldest_lost_seconds": max(one.oldest_lost_seconds for one in outcomes),
        "could_not_read": sum(not one.could_read for one in outcomes),
        "runs_lost_at_first_answer": sum(one.is_lost_to_the_checker for one in outcomes),
    }


def measured(names: list[str], seeds: int, directory: Path) -> list[dict[str, Any]]:
    """All rows; prints each run."""
    rows = []
    for name in names:
        for end in (KILL, STOP):
            outcomes, place = [], directory / f"{name} {end}"
            with running(partial(_server, name, place)) as server:
                for seed in range(seeds):
                    people = People()
                    try:
                        outcome = play(server, people, end, seed, place / "runs" / str(seed))
                    finally:
                        people.close()
                    print(f"{name}, {end}, seed {seed}: {outcome}", flush=True)
                    outcomes.append(outcome)
            rows.append(row(name, end, outcomes))
    return rows


def _server(name: str, directory: Path) -> Closable:
    if name == OWN:
        static_root = directory.parent / "static"
        if not static_root.exists():
            collect_static(static_root)
        return OwnServer(directory, static_root)
    peer: Peer = next(peer for peer in PEERS if peer.name == name)
    return PeerServer(peer, directory)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="proof.peers", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--servers", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--write", action="store_true", help=f"into {RESULTS.relative_to(ROOT)}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="canvas-peers-") as directory:
        rows = measured(options.servers, options.seeds, Path(directory))
    print(table(rows))
    if options.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({**_about(), "rows": rows}, indent=1) + "\n")


def _about() -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "date": time.strftime("%Y-%m-%d"),
        "commit": commit.stdout.strip(),
        "machine": f"{len(os.sched_getaffinity(0))} cores, Linux {platform.release()}",
    }


if __name__ == "__main__":
    main()
