"""The code of the version before this one, out of the history of the repository."""

import io
import subprocess
import tarfile
from pathlib import Path

from tests.server import ROOT

MIGRATIONS = (":(glob)*/migrations/*.py", ":(exclude,glob)*/migrations/*_squashed_*.py")
"""Squashed ones stand in for others, and leave a database as it was."""


def previous_version() -> str | None:
    """The last release before this commit; without one, the last commit with an older database.

    None if the clone does not reach back that far.
    """
    if _git("rev-parse", "--show-toplevel") != str(ROOT):
        return None
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^")
    if tag:
        return tag
    newest = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", *MIGRATIONS)
    return _git("rev-parse", "--verify", "--quiet", f"{newest}^") if newest else None


def unpack(version: str, directory: Path) -> Path:
    """The files of a version, with the front end that is built here."""
    archive = subprocess.run(
        ["git", "archive", "--format=tar", version], cwd=ROOT, check=True, capture_output=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(directory, filter="data")
    (directory / "frontend" / "dist").symlink_to(ROOT / "frontend" / "dist")
    return directory


def _git(*arguments: str) -> str | None:
    """What git prints; None if it fails, as in an export without history."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
