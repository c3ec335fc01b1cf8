"""`python -m proof.chaos`: faults of many kinds while people draw; exits 1 at an anomaly.

    python -m proof.chaos --seeds 200                     every kind, 200 seeds
    python -m proof.chaos --hours 8                       seed after seed, until the time is over
    python -m proof.chaos --kind "kill -9" --seed 17      one run, as a failure prints it
    python -m proof.chaos --build "acknowledges before commit" --kind "killed after insert"

Each run is one line; the end is a table of kinds, and `--json` adds it to a file. A failure
prints what the history disproves, its seed and the command that plays it again; it is made smaller
and added to `proof/chaos/kept.json`. Runs of servers that are broken on purpose are not kept.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from proof.chaos.kept import keep
from proof.chaos.kinds import all_kinds
from proof.chaos.plan import Plan
from proof.chaos.runner import Result, Theatre
from proof.chaos.shrink import shrink
from proof.chaos.tally import Tally
from tests.failing_points import BROKEN_NAMES
from tests.prepared import make_data, make_postgres, once

TOLD = 8


def plans(options: argparse.Namespace, names: Sequence[str]) -> Iterator[Plan]:
    """Seed after seed, and all kinds of each."""
    deadline = time.monotonic() + options.hours * 3600
    first = options.start if options.seed is None else options.seed
    count = 1 if options.seed is not None else sys.maxsize if options.hours else options.seeds
    for seed in range(first, first + count):
        for name in names:
            if options.hours and time.monotonic() > deadline:
                return
            sizes = {"people": options.people, "operations": options.operations}
            yield Plan(name, seed, faults=options.faults, build=options.build, **sizes)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    options = _options(arguments)
    kinds = all_kinds()
    wanted = options.kind or [one for one in options.kinds.split(",") if one]
    unknown = set(wanted) - set(kinds)
    if unknown:
        sys.exit(f"there is no kind {sorted(unknown)}; there are:\n  " + "\n  ".join(kinds))
    if options.list:
        print("\n".join(kinds))
        return
    tally, failed = Tally(Path(options.json) if options.json else None), 0
    directory = Path(tempfile.mkdtemp(prefix="canvas-chaos-"))
    directory.chmod(0o755)  # PostgreSQL runs as somebody else
    with theatre(directory) as stage:
        for plan in plans(options, wanted or [one for one in kinds if stage.can_play(one)]):
            result = stage.play(plan)
            tally.add(result)
            if not result.is_clean:
                failed += 1
                _tell(result, stage, options)
            if failed >= options.failures:
                break
    if not failed:
        shutil.rmtree(directory)
    print(tally.table())
    sys.exit(bool(failed))


def theatre(directory: Path) -> Theatre:
    """With data that is made on first use."""
    data = partial(once, directory, "prepared", make_data)
    return Theatre(
        directory, data, lambda: once(directory, "postgres", partial(make_postgres, data()))
    )


def _tell(result: Result, stage: Theatre, options: argparse.Namespace) -> None:
    for anomaly in result.anomalies[:TOLD]:
        print(f"    {anomaly}")
    print(f"    journals: {result.directory}\n    again: {result.plan.command}", flush=True)
    if options.build or options.no_shrink:
        return
    kinds = {anomaly.kind for anomaly in result.anomalies}
    smaller = shrink(result.plan, stage.play, kinds)
    keep(smaller, str(result.anomalies[0]))
    print(f"    kept: {smaller.command}", flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="proof.chaos", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    default = Plan("", 0)
    parser.add_argument("--seeds", type=int, default=1, help="runs of each kind")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--hours", type=float, default=0, help="as many seeds as there is time for")
    parser.add_argument("--kinds", default="", help="some kinds, with commas between")
    parser.add_argument("--kind", action="append", help="one kind; may be repeated")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--people", type=int, default=default.people)
    parser.add_argument("--operations", type=int, default=default.operations, help="of each")
    parser.add_argument("--faults", type=int, default=default.faults, help="in one run")
    parser.add_argument("--build", default="", choices=("", *BROKEN_NAMES), help="a broken server")
    parser.add_argument("--failures", type=int, default=1, help="runs that may fail before the end")
    parser.add_argument("--no-shrink", action="store_true", help="keep no smaller plan")
    parser.add_argument("--json", default="", metavar="FILE", help="to which the counts are added")
    parser.add_argument("--list", action="store_true", help="print the kinds")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
