"""Plans that once failed: `make test` plays them again."""

import json
from pathlib import Path

from proof.chaos.plan import Plan

PATH = Path(__file__).with_name("kept.json")


def kept(path: Path = PATH) -> list[Plan]:
    """All of them."""
    return [Plan.of(entry) for entry in json.loads(path.read_text())]


def keep(plan: Plan, why: str, path: Path = PATH) -> None:
    """Adds a plan with what it showed, unless it is there."""
    entries = json.loads(path.read_text())
    if plan not in [Plan.of(entry) for entry in entries]:
        entries.append({**plan.as_json(), "showed": why})
        path.write_text(f"{json.dumps(entries, indent=1)}\n")
