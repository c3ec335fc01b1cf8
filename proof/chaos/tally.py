"""Counts runs, and keeps the counts of all of them in a file."""

import json
import os
import platform
import subprocess
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from proof.chaos.runner import Result

COUNTS = ("seeds", "writes", "acknowledged", "seen", "failed")


class Tally:
    """What all runs have shown, by kind; `path` has it after every run, added to earlier ones."""

    def __init__(self, path: Path | None = None) -> None:
        self.kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._path = path
        self._began = time.monotonic()
        self._commit = _commit()  # of the code that runs, whatever is committed meanwhile
        self._earlier = json.loads(path.read_text()) if path and path.exists() else []

    def add(self, result: Result) -> None:
        """Counts a run, prints it, and writes the file."""
        self.kinds[result.plan.kind].update(
            seeds=1,
            writes=result.writes,
            acknowledged=result.acknowledged,
            seen=result.sightings,
            failed=not result.is_clean,
        )
        print(result, flush=True)
        if self._path is not None:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(f"{json.dumps([*self._earlier, self.as_json()], indent=1)}\n")
            fresh.replace(self._path)

    def table(self) -> str:
        """A row for each kind, and their sum."""
        total: Counter[str] = Counter()
        for counts in self.kinds.values():
            total.update(counts)
        lines = [f"{'kind':<44}" + "".join(f"{head:>14}" for head in COUNTS)]
        for name, counts in [*self.kinds.items(), ("all", total)]:
            lines.append(f"{name:<44}" + "".join(f"{counts[head]:>14,}" for head in COUNTS))
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Machine, commit, and the counts."""
        return {
            "commit": self._commit,
            "machine": f"{platform.platform()}, {os.cpu_count()} cores",
            "minutes": round((time.monotonic() - self._began) / 60, 1),
            "kinds": {kind: dict(counts) for kind, counts in self.kinds.items()},
        }


def _commit() -> str:
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
