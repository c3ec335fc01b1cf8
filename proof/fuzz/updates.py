"""Mutated updates against validation and pycrdt, with real Yjs as the judge.

    python -m proof.fuzz updates --count 10000000 --seed 1

Random histories of honest people are mixed with mutants of their updates. What validation accepts
is applied as a room would. Every history must then read the same in pycrdt, in Yjs fed with the
accepted updates, and in Yjs fed with the snapshot. `--count` is the number of mutants.
"""

import os
import random
import time
from collections import Counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")

from proof.fuzz.judge import in_children, normal, run_workers, yjs_judge
from proof.fuzz.mutants import mutate
from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.tests.histories import random_history
from sync.wire.frames import EMPTY_UPDATE, MalformedError
from sync.wire.update import parse

MUTANTS_PER_HISTORY = 2_000
HISTORIES_PER_PROCESS = 50
SLOW_SECONDS = 0.05
MODULE = "proof.fuzz.updates"


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


def work(first: int, count: int) -> Counter[str]:
    """Fuzzes histories and compares each with Yjs; returns the counts."""
    counts: Counter[str] = Counter()
    with yjs_judge() as judge:
        for seed in range(first, first + count):
            room = fuzz_history(seed)
            counts += room.counts
            judge(seed, room.document, room.accepted)
            counts["histories equal in Yjs"] += 1
    return counts


def fuzz(count: int, *, seed: int) -> dict[str, Any]:
    """Plays histories with so many mutants; returns the counts. Exits at the first fault."""
    histories, started = max(1, count // MUTANTS_PER_HISTORY), time.monotonic()
    counts = in_children(MODULE, histories, first=seed, per_process=HISTORIES_PER_PROCESS)
    mutants = histories * MUTANTS_PER_HISTORY
    return {"mutants": mutants, "seconds": round(time.monotonic() - started), "outcomes": counts}


if __name__ == "__main__":
    run_workers(
        MODULE,
        __doc__,
        work,
        default=100_000,
        per_history=MUTANTS_PER_HISTORY,
        per_process=HISTORIES_PER_PROCESS,
        good="0 crashes, 0 hangs, 0 differences",
    )
