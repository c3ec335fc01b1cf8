"""Keeps the installation's files readable only by the account that runs it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PRIVATE_UMASK = 0o077
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_new_files_private() -> None:
    """From now on only this account can open files and directories that the process creates."""
    os.umask(PRIVATE_UMASK)


def open_paths(data_dir: Path, database: dict[str, Any]) -> Iterator[Path]:
    """Paths that others may open: the data directory, its contents, and an SQLite file
    elsewhere.
    """
    for path in _paths(data_dir, database):
        try:
            mode = path.lstat().st_mode
        except OSError:  # deleted meanwhile
            continue
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            yield path


def tighten(data_dir: Path, database: dict[str, Any]) -> None:
    """Removes others' access to existing files; files of another account are left alone."""
    for path in open_paths(data_dir, database):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
        except OSError:
            continue


def _paths(data_dir: Path, database: dict[str, Any]) -> Iterator[Path]:
    yield data_dir
    for directory, names, files in os.walk(data_dir):
        yield from (Path(directory, name) for name in (*names, *files))
    if database["ENGINE"].endswith("sqlite3"):
        path = Path(database["NAME"])
        yield from (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))
