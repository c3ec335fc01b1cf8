"""`python -m proof.fuzz inputs | updates | sockets`: see the package."""

import argparse
import json
import sys
from pathlib import Path

from proof.fuzz.targets import TARGETS  # sets Django up

# isort: split
from proof.fuzz import covered, sockets, updates
from proof.fuzz.results import RESULTS, record


def _inputs(options: argparse.Namespace) -> bool:
    names = options.targets or [*TARGETS]
    record(
        "inputs",
        covered.fuzz_all(names, seconds=options.seconds, seed=options.seed),
        options.results,
    )
    return True


def _updates(options: argparse.Namespace) -> bool:
    record("updates", updates.fuzz(options.count, seed=options.seed), options.results)
    return True


def _sockets(options: argparse.Namespace) -> bool:
    outcome = sockets.run(options.count, seed=options.seed)
    counts = outcome.counts()
    print(json.dumps(counts, indent=2))
    record("sockets", counts, options.results)
    return not (outcome.closed or outcome.missing)


def main() -> None:
    """The command. Exits with 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="proof.fuzz", description=__doc__)
    kinds = parser.add_subparsers(required=True)
    inputs = kinds.add_parser("inputs", help="every target, guided by coverage")
    inputs.add_argument("--targets", nargs="+", choices=[*TARGETS])
    inputs.add_argument("--seconds", type=int, default=60, help="for each target")
    inputs.set_defaults(run=_inputs)
    mutants = kinds.add_parser("updates", help="mutated updates, with Yjs as the judge")
    mutants.add_argument("--count", type=int, default=100_000)
    mutants.set_defaults(run=_updates)
    live = kinds.add_parser("sockets", help="frames on live sockets beside honest people")
    live.add_argument("--count", type=int, default=20_000)
    live.set_defaults(run=_sockets)
    for one in (inputs, mutants, live):
        one.add_argument("--seed", type=int, default=1)
        one.add_argument("--results", type=Path, default=RESULTS, help="where the counts go")
    options = parser.parse_args()
    sys.exit(not options.run(options))


if __name__ == "__main__":
    main()
