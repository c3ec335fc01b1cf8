"""`python -m bench`: all workloads on all servers in rounds; prints a table, writes JSON."""

import argparse
import itertools
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.machine import Neighbours, describe_machine
from bench.report import table
from bench.servers import BEFORE, BENCH, CANVAS, NAMES, ROOT, Running, running
from bench.workloads import ONCE, ROUND, Launch, Measured, Scale

RESULTS = BENCH / "results"


def main() -> int:
    """Runs the benchmark; exits 0 if this server was measured in every workload."""
    arguments = _arguments()
    scale = Scale(seconds=arguments.seconds, share=arguments.scale)
    servers = [*arguments.servers, *([BEFORE] if arguments.before else [])]
    results = Results()
    started = datetime.now(UTC)
    neighbours = Neighbours()
    base = BENCH.parent / "var"
    base.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=base) as name:
        directory = Path(name)
        machine = describe_machine(directory)
        for number in range(arguments.rounds):
            for server in servers:
                checkout = arguments.before.resolve() if server == BEFORE else ROOT
                within = directory / f"round-{number}"
                _round(server, checkout, within, scale, arguments.workloads, results)
        for once in ONCE:
            if once.name in arguments.workloads:
                for server in arguments.servers:
                    results.measure(server, once.name, partial(once.run, server, directory, scale))
    report = {
        "started_at": started.isoformat(timespec="seconds"),
        "minutes": round((datetime.now(UTC) - started).total_seconds() / 60, 1),
        "rounds": arguments.rounds,
        "seconds": arguments.seconds,
        "scale": arguments.scale,
        "machine": machine,
        "load_after": os.getloadavg(),
        "cores_used_by_others": round(neighbours.cores(), 2),
        "python": platform.python_version(),
        "values": results.values,
        "failures": results.failures,
    }
    path = RESULTS / f"{started:%Y-%m-%dT%H%M%S}.json"
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(table(report))
    print(f"\nothers used {report['cores_used_by_others']} cores meanwhile")
    print(f"written to {path.relative_to(BENCH.parent)}")
    return 1 if any(failure.startswith(CANVAS) for failure in results.failures) else 0


@dataclass(slots=True)
class Results:
    """The values of every metric and server, one per round, and what could not be measured."""

    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def measure(self, server: str, workload: str, run: Callable[[], Measured]) -> None:
        """Runs one workload; a failure does not stop the others."""
        started = time.monotonic()
        try:
            measured = run()
        except Exception as error:  # noqa: BLE001  the other numbers are still worth having
            self.failures.append(f"{server}: {workload}: {error}")
            _say(f"{server}: {workload}: FAILED: {error}")
            return
        for metric, value in measured.items():
            by_server = self.values.setdefault(f"{workload}.{metric}", {})
            by_server.setdefault(server, []).append(value)
        numbers = ", ".join(f"{metric} {value:.4g}" for metric, value in measured.items())
        _say(f"{server}: {workload}: {numbers} ({time.monotonic() - started:.0f} s)")


def _round(
    name: str, checkout: Path, directory: Path, scale: Scale, wanted: list[str], results: Results
) -> None:
    for workload in ROUND:
        product = CANVAS if name == BEFORE else name
        if workload.name in wanted and product in workload.servers:
            # Fresh servers, so that no backlog of an earlier workload counts.
            launch = _launching(name, checkout, directory / workload.name / name)
            results.measure(name, workload.name, partial(workload.run, launch, scale))


def _launching(name: str, checkout: Path, directory: Path) -> Launch:
    numbers = itertools.count(1)

    def launch() -> AbstractContextManager[Running]:
        data_dir = directory / f"{next(numbers)}"
        data_dir.mkdir(parents=True)
        return running(name, data_dir, checkout=checkout)

    return launch


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    names = [workload.name for workload in (*ROUND, *ONCE)]
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each server is measured")
    parser.add_argument(
        "--seconds", type=float, default=5, help="how long a steady load is measured"
    )
    parser.add_argument(
        "--scale", type=float, default=1, help="share of the crowds, bursts and histories"
    )
    parser.add_argument("--servers", nargs="+", default=list(NAMES), choices=NAMES)
    parser.add_argument(
        "--before",
        type=Path,
        help="another checkout with its .venv and page: the workloads in rounds run on it, too",
    )
    parser.add_argument("--workloads", nargs="+", default=names, choices=names)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
