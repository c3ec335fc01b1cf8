"""Kills `make run` in the middle of each step of its set-up, and expects the next one to work.

    python -m tests.interrupted_setup --seeds 3

Each seed takes a fresh clone. `make run` is killed once in every step, with its process group, at a
random moment after the step began, alternately with SIGKILL and SIGINT. The last `make run` must
serve the site. Needs the package registries, and a few minutes for each seed. Exits 1 at the first
failure.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.ports import free_port
from tests.server import ROOT

STEP_SECONDS = 600
"""How long a step may take to begin, and the last set-up to end."""

Step = Callable[[Path], bool]
STEPS: list[tuple[str, Step, float]] = [
    ("the environment is made", lambda top: (top / ".venv" / "bin").exists(), 3),
    ("packages are installed", lambda top: (top / ".venv" / ".installing").exists(), 12),
    ("npm installs", lambda top: (top / "frontend" / "node_modules").exists(), 12),
    (
        "the front end is built",
        lambda top: (top / "frontend" / "node_modules" / ".installed").exists(),
        12,
    ),
    ("static files are collected", lambda top: (top / "frontend/dist/.built").exists(), 2),
    ("the database is migrated", lambda top: (top / "var" / "canvas.sqlite3").exists(), 3),
    ("it serves", lambda top: (top / "var" / "static" / ".collected").exists(), 3),
]
"""What is going on, when it has begun, and up to how many seconds later it is killed."""


class Interrupted:
    """One clone and the `make run` in it."""

    def __init__(self, top: Path, seed: int) -> None:
        self.top = top
        self.port = free_port()
        self._chance = random.Random(seed)
        self._log = (top.parent / "log").open("wb")
        subprocess.run(["git", "clone", "-q", str(ROOT), str(top)], check=True)

    def start(self) -> subprocess.Popen[bytes]:
        """`make run` in a session of its own."""
        left_out = ("CANVAS_", "DJANGO_", "MAKE", "MFLAGS", "VIRTUAL_ENV")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        return subprocess.Popen(
            ["make", "run", f"PORT={self.port}", f"PYTHON={sys.executable}"],
            cwd=self.top,
            env=clean,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def interrupt(self, number: int) -> str:
        """Kills `make run` during a step; says how."""
        name, has_begun, longest = STEPS[number]
        make = self.start()
        self._until(lambda: has_begun(self.top), make, name)
        delay = self._chance.uniform(0, longest)
        time.sleep(delay)
        how = (signal.SIGKILL, signal.SIGINT)[number % 2]
        os.killpg(make.pid, how)
        make.wait(60)
        return f"{how.name} {delay:.1f} s after: {name}"

    def finish(self) -> None:
        """The last `make run`: it has to serve."""
        make = self.start()
        try:
            self._until(self._is_ready, make, "it is ready")
        finally:
            os.killpg(make.pid, signal.SIGINT)
            make.wait(60)

    def _is_ready(self) -> bool:
        try:
            for path in ("readyz", "login"):
                address = f"http://127.0.0.1:{self.port}/{path}"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    if answer.status != 200:
                        return False
        except (OSError, urllib.error.URLError):
            return False
        return True

    def _until(self, is_so: Callable[[], bool], make: subprocess.Popen[bytes], what: str) -> None:
        end = time.monotonic() + STEP_SECONDS
        while not is_so():
            if make.poll() is not None:
                raise SystemExit(
                    f"make run ended with {make.returncode} before: {what}\n{self.tail()}"
                )
            if time.monotonic() > end:
                raise SystemExit(f"not within {STEP_SECONDS} s: {what}\n{self.tail()}")
            time.sleep(0.05)

    def tail(self) -> str:
        """The end of what `make` printed."""
        return (self.top.parent / "log").read_text(errors="replace")[-3000:]


def main() -> None:
    """Runs the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--start", type=int, default=1)
    options = parser.parse_args()
    for seed in range(options.start, options.start + options.seeds):
        with tempfile.TemporaryDirectory(prefix="canvas-setup-") as folder:
            clone = Interrupted(Path(folder) / "canvas", seed)
            for number in range(len(STEPS)):
                print(f"seed {seed}: {clone.interrupt(number)}", flush=True)
            clone.finish()
            print(f"seed {seed}: the next one works", flush=True)


if __name__ == "__main__":
    main()
