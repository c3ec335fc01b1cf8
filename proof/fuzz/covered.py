"""Runs targets under atheris: guided by which lines of our code an input reaches.

    python -m proof.fuzz inputs --targets frame update --seconds 600

libFuzzer ends its process, and so does a fault or a hang, so each target has a process of its own.
What breaks a target is kept in the corpus, where a test repeats it.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from proof.fuzz.corpus import CORPUS, keep
from proof.fuzz.results import ROOT

INSTRUMENTED = ["accounts.tokens", "audit.origin", "boards.files", "boards.identity", "sync"]
INSTRUMENTED += ["proof.tests.broken_target"]
HANG_SECONDS = 10
MEMORY_MB = 2_000
_DONE = re.compile(r"Done (\d+) runs in (\d+) second")
_BROKEN = ("crash-*", "timeout-*", "oom-*")


class BrokenError(AssertionError):
    """A target was broken; the message says by which file, and how."""


def fuzz(
    target: str, *, runs: int = 0, seconds: int = 0, seed: int = 1, corpus: Path = CORPUS
) -> dict[str, Any]:
    """Runs a target so often, or for so long; returns the number of runs and what was new.

    `target` is a name, or `module:function`; what it is broken by is kept in the corpus.
    Raises BrokenError.
    """
    with tempfile.TemporaryDirectory(prefix="canvas-fuzz-") as directory:
        found = Path(directory, "found")
        found.mkdir()
        command = [
            *(sys.executable, "-m", "proof.fuzz.covered", target, f"-seed={seed}"),
            *(f"-artifact_prefix={directory}/", f"-timeout={HANG_SECONDS}"),
            *(f"-rss_limit_mb={MEMORY_MB}", "-print_final_stats=1"),
            *([f"-runs={runs}"] if runs else []),
            *([f"-max_total_time={seconds}"] if seconds else []),
            *(str(found), str(corpus / target)),
        ]
        environment = {**os.environ, "CANVAS_DATA_DIR": str(Path(directory, "data"))}
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        broken = [path for pattern in _BROKEN for path in Path(directory).glob(pattern)]
        if broken or ended.returncode:
            kept = [str(keep(target, path.read_bytes(), corpus)) for path in broken]
            raise BrokenError(f"{target}: {ended.returncode} {kept}\n{ended.stdout[-4000:]}")
        done = _DONE.search(ended.stderr)
        if done is None:
            raise BrokenError(f"{target} ended without a word\n{ended.stderr[-4000:]}")
        return {"runs": int(done[1]), "seconds": int(done[2]), "new": len(list(found.iterdir()))}


def fuzz_all(targets: Iterable[str], *, seconds: int, seed: int) -> dict[str, Any]:
    """Each target for so long; the counts by target. Raises BrokenError at the first fault."""
    counts = {}
    for target in targets:
        counts[target] = fuzz(target, seconds=seconds, seed=seed)
        print(f"{target:>10}: {counts[target]}", flush=True)
    return counts


def minimize(target: str, found: Path) -> int:
    """Adds to the corpus what reaches lines that nothing kept does; returns how many files."""
    before = len(list((CORPUS / target).iterdir()))
    command = [sys.executable, "-m", "proof.fuzz.covered", target, "-merge=1"]
    subprocess.run([*command, str(CORPUS / target), str(found)], cwd=ROOT, check=True)
    return len(list((CORPUS / target).iterdir())) - before


def main() -> None:
    """One target, with the options of libFuzzer; ends the process."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        from proof.fuzz.targets import MAX_BYTES, TARGETS

        name = sys.argv[1]
        module, _, function = name.partition(":")
        target = getattr(import_module(module), function) if function else TARGETS[name]
    options = [sys.argv[0], f"-max_len={MAX_BYTES.get(name, 1024)}", *sys.argv[2:]]
    atheris.Setup(options, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
