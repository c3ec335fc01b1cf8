"""Programs change boards while people draw on them.

    python -m tests.programs_while_drawing

Boards of four sizes, five people on each with ten edits a second; a bot moves one element after
the other by REST. Prints what the server answered and how long it took.
"""

import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench.page_board import LargeBoard
from tests.cluster_people import People, many_people
from tests.server import Server

SIZES = (100, 1000, 5000, 20_000)
PEOPLE, RATE = 5, 10
WRITES = 30
ANSWER_SECONDS = 120.0


class Told(NamedTuple):
    """What a bot was told: how often each status, and the seconds that each answer took."""

    statuses: Counter[int]
    seconds: list[float]


def changed_by_a_bot(server: Server, people: People, size: int, writes: int = WRITES) -> Told:
    """A bot moves `writes` elements of a new board of this size, on which people draw."""
    token = server.token("alice")
    board = LargeBoard(server.url, token, server.new_board(bob="edit"), size)
    board.draw()
    tokens = [token, server.token("bob")]
    boards = [{"id": board.board, "tokens": tokens}]
    people.call("open", base=server.socket_base, boards=boards, each=PEOPLE, rate=RATE)
    told = Told(Counter(), [])
    path = f"boards/{board.board}/elements"
    for number in range(writes):
        move = {"change": [{"id": f"e{number}", "x": number, "y": -number}]}
        started = time.monotonic()
        status, _ = server.call("POST", path, move, token)
        told.statuses[status] += 1
        told.seconds.append(time.monotonic() - started)
        if sum(told.seconds) > ANSWER_SECONDS:
            break
    return told


def main() -> None:
    """Measures all sizes on one server."""
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory), static_root=Path(directory) / "static")
        server.manage("collectstatic", "--noinput", "--verbosity", "0")
        server.start()
        try:
            for size in SIZES:
                with many_people() as people:
                    statuses, seconds = changed_by_a_bot(server, people, size)
                answers = ", ".join(f"{count} x {status}" for status, count in statuses.items())
                took = f"median {statistics.median(seconds):.3f} s, slowest {max(seconds):.3f} s"
                print(f"{size:6,} elements: {answers}; {took}", flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
