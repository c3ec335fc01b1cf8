"""Mutated updates against validation and pycrdt, with real Yjs as the judge.

    python -m tests.fuzz_updates --count 10000000 --seed 1

Random histories of honest people are mixed with mutants of their updates. What validation accepts
is applied as a room would. Every history must then read the same in pycrdt, in Yjs fed with the
accepted updates, and in Yjs fed with the snapshot. The work is done in child processes, so that a
crash or hang is only counted.
"""

import argparse
import base64
import json
import math
import os
import random
import subprocess
import sys
import time
from collections import Counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")

from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.tests.histories import random_history
from sync.wire.frames import EMPTY_UPDATE, MalformedError
from sync.wire.update import parse
from tests.server import ROOT

MUTANTS_PER_HISTORY = 2_000
HISTORIES_PER_PROCESS = 50
SLOW_SECONDS = 0.05


class Room:
    """What a room does with an update, without sockets and storage."""

    def __init__(self) -> None:
        self.document = Document()
        self.accepted: list[bytes] = []
        self.counts: Counter[str] = Counter()

    def offer(self, update: bytes, user: int) -> None:
        """Accepts or refuses an update, as `sync.rooms.room` would."""
        started = time.process_time()  # time of other programs does not count
        try:
            outcome = self._take(update, user)
        except MalformedError:
            outcome = "malformed"
        except DocumentError:
            outcome = "refused by pycrdt"
            self.document = Document.load(self.accepted)
        self.counts[outcome] += 1
        if time.process_time() - started > SLOW_SECONDS and outcome != "refused by pycrdt":
            self.counts["slow"] += 1

    def _take(self, update: bytes, user: int) -> str:
        taken = self.document.take(update, parse(update), user)
        if taken is None:
            return "gap"
        if taken.update == EMPTY_UPDATE:
            return "nothing new"
        self.document.apply(taken.update)
        self.accepted.append(taken.update)
        return "accepted"


def mutate(update: bytes, rnd: random.Random) -> bytes:
    """Changes a few bytes, or cuts, repeats or inserts some."""
    data = bytearray(update)
    for _ in range(rnd.randrange(1, 4)):
        at = rnd.randrange(len(data))
        kind = rnd.randrange(6)
        if kind == 0:
            data[at] ^= 1 << rnd.randrange(8)
        elif kind == 1:
            data[at] = rnd.choice((0, 1, 127, 128, 255))
        elif kind == 2:
            del data[at : at + rnd.randrange(1, 4)]
        elif kind == 3:
            data[at:at] = data[at : at + rnd.randrange(1, 8)]
        else:
            data[at] = rnd.randrange(256)
        if not data:
            return b"\x00"
    return bytes(data)


def fuzz_history(seed: int) -> Room:
    """One history with its mutants; raises AssertionError when pycrdt's clocks are off."""
    rnd = random.Random(seed)
    history = random_history(seed, steps=40)
    room = Room()
    for number in range(MUTANTS_PER_HISTORY):
        if number % 60 == 0 and number // 60 < len(history):
            room.offer(history[number // 60], 1)
        room.offer(mutate(rnd.choice(history), rnd), rnd.choice((1, 1, 2)))
    again = Document.load([room.document.diff()])
    live = Document.load(room.accepted)
    assert again.clocks == live.clocks == room.document.clocks, f"seed {seed}: clocks"
    assert normal(again.content()) == normal(live.content()), f"seed {seed}: content"
    return room


def normal(value: Any) -> Any:
    """Normalizes what the two languages write differently."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return float(value) + 0.0 if math.isfinite(value) else None
    if isinstance(value, (bytes, bytearray)):
        return [float(byte) for byte in value]
    if isinstance(value, dict):
        return {key: normal(child) for key, child in value.items()}
    return [normal(child) for child in value]


def work(first: int, count: int) -> None:
    """Fuzzes histories and compares each with Yjs; prints the counts as JSON."""
    judge = subprocess.Popen(
        ["node", str(ROOT / "tests" / "replay.cjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert judge.stdin is not None
    assert judge.stdout is not None
    counts: Counter[str] = Counter()
    for seed in range(first, first + count):
        room = fuzz_history(seed)
        counts += room.counts
        question = {
            "updates": [base64.b64encode(update).decode() for update in room.accepted],
            "snapshot": base64.b64encode(room.document.diff()).decode(),
        }
        judge.stdin.write(json.dumps(question).encode() + b"\n")
        judge.stdin.flush()
        answer = json.loads(judge.stdout.readline())
        assert "error" not in answer, f"seed {seed}: Yjs says {answer}"
        expected = normal(room.document.content())
        for side in ("stream", "snapshot"):
            assert not answer[side]["pending"], f"seed {seed}: pending in Yjs"
            assert normal(answer[side]["content"]) == expected, f"seed {seed}: {side} differs"
            clocks = {int(client): clock for client, clock in answer[side]["clocks"].items()}
            assert clocks == room.document.clocks, f"seed {seed}: clocks of {side} differ"
        counts["histories equal in Yjs"] += 1
    judge.kill()
    sys.stdout.write(json.dumps(counts))


def main() -> None:
    """Runs workers until enough mutants were tried; exits 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="mutants to try")
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.seed, options.work)
        return
    histories = max(1, options.count // MUTANTS_PER_HISTORY)
    total: Counter[str] = Counter()
    started = time.monotonic()
    for done in range(0, histories, HISTORIES_PER_PROCESS):
        size = min(HISTORIES_PER_PROCESS, histories - done)
        command = [sys.executable, "-m", "tests.fuzz_updates", "--work", str(size)]
        result = subprocess.run(
            [*command, "--seed", str(options.seed + done)],
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=600,
        )
        if result.returncode != 0:
            sys.exit(
                f"seeds from {options.seed + done}: {result.returncode}\n{result.stderr.decode()}"
            )
        total += Counter(json.loads(result.stdout))
    print(json.dumps(total, indent=2))
    print(f"{time.monotonic() - started:.0f} s, 0 crashes, 0 hangs, 0 differences")


if __name__ == "__main__":
    main()
