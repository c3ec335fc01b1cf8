"""How long people who draw wait for "saved", alone and beside everything else that writes.

    python -m tests.fairness --people 50

Starts a server. People draw at a few edits a second each, alternately alone and while a program
writes by REST as fast as it can, boards are compacted in another process, versions are made and
files are imported. Prints the time from an edit to its acknowledgement in milliseconds. Exits 1 if
the 99th percentile (median of the rounds) is more than three times that without the others.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pycrdt import Doc, Map, TransactionEvent
from websockets.asyncio.client import ClientConnection, connect

from sync.wire import frames
from tests.own_loop import run_apart
from tests.server import ROOT, Server

EDITS_PER_SECOND = 4
PEOPLE_ON_A_BOARD = 5
MAX_RATIO = 3.0
FLOOR_MS = 10.0
"""Below this nobody notices, and a ratio means nothing."""
LIMITS = {
    "CANVAS_BOARD_RATE": "1000000/hour",
    "CANVAS_TOKEN_RATE": "100000/min",
    "CANVAS_COMPACT_ROWS": "100",
}


class Person:
    """Draws one element and records how long each edit took to be saved."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._doc: Doc[Map[Any]] = Doc()
        self._elements: Map[Any] = self._doc.get("elements", type=Map)
        self._update = b""
        self._subscription = self._doc.observe(self._note)
        self._clock = 0
        self._saved = asyncio.Event()
        self.took: list[float] = []

    def _note(self, event: TransactionEvent) -> None:
        self._update = event.update

    def _edit(self, number: int) -> bytes:
        with self._doc.transaction():
            key = str(self._doc.client_id)
            if key not in self._elements:
                values = {"type": "rectangle", "size": [10, 10], "index": "a0"}
                self._elements[key] = Map(values)
            self._elements[key]["pos"] = [number % 500, 0]
        self._clock = frames.decode_state_vector(self._doc.get_state())[self._doc.client_id]
        return frames.encode_update(self._update)

    async def _read(self) -> None:
        async for frame in self._socket:
            data = frame if isinstance(frame, bytes) else frame.encode()
            kind, at = frames.read_varuint(data, 0)
            if kind == frames.MessageType.SAVED:
                clocks = frames.decode_state_vector(frames.read_bytes(data, at)[0])
                if clocks.get(self._doc.client_id, 0) >= self._clock:
                    self._saved.set()

    async def enter(self) -> None:
        """Returns when the first edit is saved, and so this person let in."""
        self._reader = asyncio.create_task(self._read())
        await self._save(0)

    async def draw(self, seconds: float, delay: float) -> None:
        """Edits at a steady rate; each edit waits until the one before is saved."""
        await asyncio.sleep(delay)
        until = time.monotonic() + seconds
        for number in itertools.count(1):
            started = time.monotonic()
            if started > until:
                break
            await self._save(number)
            took = time.monotonic() - started
            self.took.append(took * 1000)
            await asyncio.sleep(max(0.0, 1 / EDITS_PER_SECOND - took))
        self._reader.cancel()

    async def _save(self, number: int) -> None:
        frame = self._edit(number)
        self._saved.clear()
        await self._socket.send(frame)
        async with asyncio.timeout(30):
            await self._saved.wait()


async def saved_times(
    server: Server, boards: list[str], people: int, seconds: float
) -> list[float]:
    """Milliseconds from every edit to its acknowledgement, sorted, once everybody is in.

    Being let in costs more than an edit, and the first edit waits for it.
    """
    token = server.token("alice")
    sockets = [
        await connect(f"{server.socket_base}/{boards[n % len(boards)]}?saved=1&token={token}")
        for n in range(people)
    ]
    everybody = [Person(socket) for socket in sockets]
    await asyncio.gather(*(one.enter() for one in everybody))
    spread = 1 / EDITS_PER_SECOND / people
    await asyncio.gather(
        *(one.draw(seconds, number * spread) for number, one in enumerate(everybody))
    )
    for socket in sockets:
        await socket.close()
    return sorted(took for one in everybody for took in one.took)


class Others:
    """Everything else that writes, in another process, until it is stopped."""

    def __init__(self, server: Server, boards: list[str]) -> None:
        self._order = {
            "port": server.port,
            "directory": server.environment["CANVAS_DATA_DIR"],
            "environment": server.environment,
            "boards": boards,
        }
        self.done: dict[str, int] = {}

    def __enter__(self) -> "Others":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fairness_writers"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self._order) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout is not None
        self._process.stdout.readline()  # they have begun
        return self

    def __exit__(self, *_: object) -> None:
        answer, _errors = self._process.communicate(timeout=90)
        self.done = json.loads(answer)


def percentile(times: list[float], share: float) -> float:
    """Of sorted values."""
    return times[min(len(times) - 1, int(len(times) * share))]


Rounds = list[list[float]]


def measure(server: Server, people: int, seconds: float, rounds: int) -> tuple[Rounds, Rounds, str]:
    """The times of each round without and with the others, and what the others did in total."""
    boards = [server.new_board("alice") for _ in range(max(1, people // PEOPLE_ON_A_BOARD))]
    without, beside, done = Rounds(), Rounds(), Counter[str]()
    with Others(server, boards):  # everything once, to warm up
        run_apart(saved_times(server, boards, people, 2))
    for _ in range(rounds):
        without.append(run_apart(saved_times(server, boards, people, seconds)))
        with Others(server, boards) as others:
            beside.append(run_apart(saved_times(server, boards, people, seconds)))
        done.update(others.done)
    return without, beside, ", ".join(f"{n} {what}" for what, n in sorted(done.items()))


def slowest_hundredth(rounds: Rounds) -> float:
    """The 99th percentile, as the median of the rounds, so that other load on the machine matters
    less.
    """
    return statistics.median(percentile(times, 0.99) for times in rounds)


def ratio_of(without: Rounds, beside: Rounds) -> float:
    """How many times longer the slowest hundredth takes."""
    return slowest_hundredth(beside) / max(slowest_hundredth(without), FLOOR_MS)


def main() -> int:
    """Prints the figures; returns 1 if people wait more than three times as long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (directory / "static").mkdir()
        server = Server(directory, static_root=directory / "static", **LIMITS).start()
        stack.callback(server.stop)
        without, beside, did = measure(server, options.people, options.seconds, options.rounds)
    for name, rounds in (("without", without), ("beside", beside)):
        times = sorted(itertools.chain(*rounds))
        print(
            f"{name:8} {len(times):6} edits: p50 {percentile(times, 0.5):6.1f} ms,"
            f" p99 {slowest_hundredth(rounds):6.1f} ms, longest {times[-1]:6.1f} ms"
        )
    ratio = ratio_of(without, beside)
    print(f"beside {did}: p99 is {ratio:.1f} times as long, at most {MAX_RATIO:.0f}")
    return 0 if ratio <= MAX_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
