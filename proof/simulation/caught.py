"""Plays seeds with each broken server until it is caught, and says how many that took.

    python -m proof.simulation.caught --write      # into proof/results/simulation_broken.json
    python -m proof.simulation.caught              # are they still caught, by the seeds in it?

One line for each; ends with 1 if one is not caught.
"""

import argparse
import json
import os
import sys
from typing import Any

from proof.broken import NAMES, apply
from proof.simulation.results import BROKEN as RESULTS
from proof.simulation.results import circumstances, write
from proof.simulation.runner import Failure, play, prepare

MOST_SEEDS = 20_000


def main() -> None:
    """Catches them all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="look for the first seeds anew")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    options = parser.parse_args()
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"caught": {}}
    prepare()
    escaped = []
    for name in options.names or NAMES:
        seeds = (0, MOST_SEEDS) if options.write else _kept_seed(kept, name)
        failure = _in_a_fork(name, *seeds)
        if failure is None:
            escaped.append(name)
            print(f"{name}: not caught by seeds {seeds[0]} to {seeds[1]}", flush=True)
            continue
        kept["caught"][name] = {"seeds": failure.seed + 1, "by": failure.what}
        print(f"{name}: caught after {failure.seed + 1} seeds: {failure.what}", flush=True)
    if options.write:
        write(RESULTS, {**circumstances(), "caught": kept["caught"]})
    sys.exit(1 if escaped else 0)


def _kept_seed(kept: dict[str, Any], name: str) -> tuple[int, int]:
    seeds = kept["caught"].get(name, {"seeds": 1})["seeds"]
    return seeds - 1, seeds


def _in_a_fork(name: str, first: int, last: int) -> Failure | None:
    """What is broken stays broken, so each has a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            apply(name)
            failure = _first_failure(first, last)
            answer = None if failure is None else [failure.seed, failure.what]
            os.write(writing, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        answer = json.loads(answers.read())
    os.waitpid(child, 0)
    return None if answer is None else Failure(*answer)


def _first_failure(first: int, last: int) -> Failure | None:
    for seed in range(first, last):
        for failure in play(seed, seed + 1).failures:
            return failure
    return None


if __name__ == "__main__":
    main()
