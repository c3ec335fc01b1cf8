"""Plays seeds of the simulation.

    python -m proof.simulation --seeds 0:1000 --jobs 2
    python -m proof.simulation --seeds 17:18 --trace
    python -m proof.simulation --seeds 0:5000 --broken reorder

Ends with 1 if a promise is broken, and says how to see it again.
"""

import argparse
import json
import sys
from typing import Any

from proof.broken import NAMES
from proof.simulation.results import SEEDS, circumstances, write
from proof.simulation.runner import Failure, Report, play_all, prepare


def main() -> None:
    """Plays what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=_range, default=(0, 1000), metavar="A:B")
    parser.add_argument("--jobs", type=int, default=1, help="processors to use")
    parser.add_argument("--broken", choices=NAMES, help="break the engine first")
    parser.add_argument("--trace", action="store_true", help="print what happens, step by step")
    parser.add_argument("--write", action="store_true", help="keep the sums in proof/results/")
    options = parser.parse_args()
    first, last = options.seeds
    if options.trace:
        _trace(first, last, options.broken)
        return
    report = play_all(
        first,
        last,
        jobs=options.jobs,
        broken=options.broken,
        tell=lambda failure: _tell(failure, options.broken),
    )
    _sum_up(report)
    if options.write:
        write(SEEDS, {**circumstances(), **_sums(report, first, last, options.jobs)})
    sys.exit(1 if report.failures else 0)


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition(":")
    return (int(first), int(last)) if last else (0, int(first))


def _trace(first: int, last: int, broken: str | None) -> None:
    prepare(broken)
    from proof.simulation import script

    for seed in range(first, last):
        lines: list[str] = []
        try:
            print(f"seed {seed}: trace {script.play(seed, lines=lines).trace}")
        except AssertionError as error:
            print(*lines, sep="\n")
            raise SystemExit(f"seed {seed}: {error}") from error
        print(*lines, sep="\n")


def _tell(failure: Failure, broken: str | None) -> None:
    print(f"seed {failure.seed}: {failure.what}\n    {failure.command(broken)}", flush=True)


def _sums(report: Report, first: int, last: int, jobs: int) -> dict[str, Any]:
    return {
        "seeds": report.seeds,
        "first": first,
        "last": last - 1,
        "broken_promises": len(report.failures),
        "counts": dict(sorted(report.counts.items())),
        "jobs": jobs,
        "seconds": round(report.seconds),
        "processor_ms_a_seed": round(1000 * report.processor_seconds / max(report.seeds, 1), 1),
    }


def _sum_up(report: Report) -> None:
    seeds = max(report.seeds, 1)
    print(json.dumps(dict(sorted(report.counts.items()))))
    print(
        f"{report.seeds} seeds, {len(report.failures)} broken promises, {report.seconds:.1f} s;"
        f" {1000 * report.processor_seconds / seeds:.1f} ms of a processor each"
    )


if __name__ == "__main__":
    main()
