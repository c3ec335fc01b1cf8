"""What is tested is what gets installed: the lock files agree on every version."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([A-Za-z0-9_.\[\]-]+)==(\S+)", re.MULTILINE)


def versions(path: Path) -> dict[str, str]:
    """The version of each package that a lock file pins."""
    return dict(PINNED.findall(path.read_text()))


def test_lock_files_agree() -> None:
    installed = versions(ROOT / "requirements.lock")
    others = sorted(ROOT.glob("requirements-*.lock"))
    assert len(installed) > 20
    assert len(others) > 2
    for lock in others:
        found = versions(lock)
        differing = {one for one in found.keys() & installed.keys() if found[one] != installed[one]}
        assert not differing, f"{lock.name}: `make lock` writes these again: {differing}"
