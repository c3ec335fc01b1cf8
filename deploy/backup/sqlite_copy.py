"""Copies an SQLite database that is in use: `sqlite_copy.py FROM TO`. Needs Python alone.

A plain copy of the file of a running server misses what is in its write-ahead log.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def copy(source: Path, target: Path) -> None:
    """Makes `target` a whole copy of `source`; raises FileExistsError if it is there already."""
    target.touch(mode=0o600, exist_ok=False)
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as before,
        closing(sqlite3.connect(target)) as after,
    ):
        before.backup(after)
        after.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = after.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        target.unlink()
        raise SystemExit(f"{source} is damaged: {verdict}")


if __name__ == "__main__":
    copy(Path(sys.argv[1]), Path(sys.argv[2]))
