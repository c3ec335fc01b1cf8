"""Servers broken on purpose: each must be caught, or the proof proves nothing.

Every module here breaks one function of the engine when its `apply` is called, before the server
or the simulation starts, and says in its first line what is broken. What is broken only now and
then follows from the bytes concerned, so that a seed breaks the same in every run.

- `acknowledge_before_commit`, `send_before_commit`: what is not on disk leaves the process
- `drop_one_in_1000`, `duplicate`, `reorder`: updates are lost, stored twice, or sent in disorder
- `skip_gap_check`, `skip_ownership`, `skip_validation`: what must be refused is taken
- `stale_access_version`, `held_with_new_access`: somebody whose access was taken away still commits
- `compaction_on_stale_head`, `compaction_removes_first`, `unverified_snapshot`: compaction loses
- `presence_without_expiry`: nobody leaves whose process was killed
- `lost_audit_row`: some visits have no row
"""

import importlib
from pathlib import Path
from zlib import crc32

NAMES = tuple(
    sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")
)


def apply(name: str) -> None:
    """Breaks the server of this process."""
    importlib.import_module(f"proof.broken.{name}").apply()


def one_in(times: int, data: bytes) -> bool:
    """Whether it is the turn of these bytes to be handled wrongly."""
    return crc32(data) % times == 0
