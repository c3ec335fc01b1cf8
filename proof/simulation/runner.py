"""Plays many seeds, on several processors, and says which break a promise."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

SEEDS_AT_ONCE = 50
"""So many are played by a process before it looks for memory to free."""

_data = tempfile.TemporaryDirectory(prefix="canvas-simulation-")
"""The settings want a data directory; nothing is kept in it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A seed that breaks a promise."""

    seed: int
    what: str

    def command(self, broken: str | None = None) -> str:
        """What plays it again, step by step."""
        more = "" if broken is None else f" --broken {broken}"
        return f"python -m proof.simulation --seeds {self.seed}:{self.seed + 1} --trace{more}"


@dataclass(slots=True)
class Report:
    """What came out of many seeds."""

    seeds: int = 0
    failures: list[Failure] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    processor_seconds: float = 0.0

    def add(self, other: Report) -> None:
        """Takes what came out of some more."""
        self.seeds += other.seeds
        self.failures += other.failures
        self.counts += other.counts
        self.processor_seconds += other.processor_seconds


def prepare(broken: str | None = None) -> None:
    """Makes this process one for simulations: it is good for nothing else afterwards."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "proof.simulation.settings"
    os.environ["CANVAS_DATA_DIR"] = _data.name
    import django

    django.setup()
    from proof.simulation import script, seams  # noqa: F401  with all that they import

    seams.install()
    if broken is not None:
        from proof.broken import apply

        apply(broken)
    # What is imported lives for ever, and freeing the past of each seed would cost a fifth of the
    # time. Tasks of killed processes are never finished; whatever they say of it is no news.
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.unraisablehook = lambda _: None
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)


def play(first: int, last: int) -> Report:
    """Plays the seeds from `first` up to, but not including, `last` in this process."""
    from proof.simulation import script

    report, started = Report(), time.process_time()
    for seed in range(first, last):
        try:
            result = script.play(seed)
            report.counts.update(result.counts)
            report.counts["events"] += result.steps
        except Exception as error:  # noqa: BLE001  whatever fails, the seed says it again
            report.failures.append(Failure(seed, f"{type(error).__name__}: {error}"))
        report.seeds += 1
    gc.collect()
    report.processor_seconds = time.process_time() - started
    return report


def play_all(
    first: int,
    last: int,
    *,
    jobs: int,
    broken: str | None = None,
    tell: Callable[[Failure], None] = lambda failure: None,
) -> Report:
    """The same on several processors; `tell` is called with each failure as soon as it is known."""
    started, whole = time.monotonic(), Report()
    for report in _parts(first, last, jobs, broken):
        whole.add(report)
        for failure in report.failures:
            tell(failure)
    whole.seconds = time.monotonic() - started
    return whole


def _parts(first: int, last: int, jobs: int, broken: str | None) -> Iterator[Report]:
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, spawn, initializer=prepare, initargs=(broken,))
    try:
        starts = range(first, last, SEEDS_AT_ONCE)
        ends = [min(start + SEEDS_AT_ONCE, last) for start in starts]
        yield from pool.map(play, starts, ends)
    finally:
        pool.shutdown(cancel_futures=True)
