"""What came out, as JSON in `proof/results/`: with the machine and the commit it came from."""

import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "results"
SEEDS = FOLDER / "simulation.json"
BROKEN = FOLDER / "simulation_broken.json"


def circumstances() -> dict[str, str]:
    """Where and of what a result is."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return {"commit": commit, "machine": machine}


def write(path: Path, result: dict[str, Any]) -> None:
    """Replaces a result."""
    path.write_text(json.dumps(result, indent=2) + "\n")
