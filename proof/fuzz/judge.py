"""Real Yjs as the judge of histories, and workers that play many of them.

A history is played in a child process, so that a crash or hang is only counted.
"""

import argparse
import base64
import json
import math
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from proof.fuzz.results import ROOT
from sync.document.document import Document


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


Judge = Callable[[int, Document, list[bytes]], None]
"""Raises AssertionError if Yjs reads the updates, or a snapshot, of a seed's document otherwise."""


@contextmanager
def yjs_judge() -> Iterator[Judge]:
    """A Node process with Yjs."""
    command = ["node", str(Path(__file__).with_name("replay.cjs"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        stdin, stdout = node.stdin, node.stdout

        def judge(seed: int, document: Document, accepted: list[bytes]) -> None:
            question = {
                "updates": [base64.b64encode(update).decode() for update in accepted],
                "snapshot": base64.b64encode(document.diff()).decode(),
            }
            stdin.write(json.dumps(question).encode() + b"\n")
            stdin.flush()
            answer = json.loads(stdout.readline())
            assert "error" not in answer, f"seed {seed}: Yjs says {answer}"
            expected = normal(document.content())
            for side in ("stream", "snapshot"):
                assert not answer[side]["pending"], f"seed {seed}: pending in Yjs"
                assert normal(answer[side]["content"]) == expected, f"seed {seed}: {side} differs"
                clocks = {int(client): clock for client, clock in answer[side]["clocks"].items()}
                assert clocks == document.clocks, f"seed {seed}: clocks of {side} differ"

        yield judge
        stdin.close()


Work = Callable[[int, int], Counter[str]]
"""Plays histories: from this seed on, so many."""


def run_workers(
    module: str,
    description: str | None,
    work: Work,
    *,
    default: int,
    per_history: int = 1,
    per_process: int,
    good: str,
) -> None:
    """The command line of a module: plays `--count` histories, or does `--work` as a child.

    `per_history` is how many of what is counted one history has, `good` what is said at the end.
    Exits with the seeds and the error of the first child that fails.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=default)
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        sys.stdout.write(json.dumps(work(options.seed, options.work)))
        return
    histories = max(1, options.count // per_history)
    started = time.monotonic()
    total = in_children(module, histories, first=options.seed, per_process=per_process)
    print(json.dumps(total, indent=2))
    print(f"{time.monotonic() - started:.0f} s, {good}")


def in_children(module: str, histories: int, *, first: int, per_process: int) -> Counter[str]:
    """Has children of a module play so many histories, one child after the other; the counts.

    Exits with the seeds and the error of the first child that fails.
    """
    total: Counter[str] = Counter()
    started = time.monotonic()
    for done in range(0, histories, per_process):
        seed, size = first + done, min(per_process, histories - done)
        command = [sys.executable, "-m", module, "--work", str(size), "--seed", str(seed)]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=1200)
        if result.returncode != 0:
            sys.exit(f"seeds from {seed}: {result.returncode}\n{result.stderr.decode()}")
        total += Counter(json.loads(result.stdout))
        seconds = time.monotonic() - started
        print(f"seeds up to {seed + size - 1}: {seconds:.0f} s", file=sys.stderr, flush=True)
    return total
