"""Where the counts of long runs go: `proof/results/fuzz.json`, which docs are written from."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "proof" / "results" / "fuzz.json"


def record(part: str, counts: dict[str, Any], path: Path = RESULTS) -> None:
    """Puts the counts of one run in the place of those of the run before; the others stay."""
    known = json.loads(path.read_text()) if path.exists() else {}
    known[part] = {**counts, **_where()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


def _where() -> dict[str, Any]:
    """The machine, the commit, and when."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "commit": commit.stdout.strip(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "python": platform.python_version(),
        "ended": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
    }
