"""What every server of a run begins with, made once for all workers."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.server import ROOT


def once(directory: Path, name: str, make: Callable[[Path], None]) -> Path:
    """What `make` fills, under this name; the first who asks makes it, and the others wait."""
    done = directory / name
    with (directory / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            begun = directory / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir(mode=0o700)
            make(begun)
            begun.rename(done)
    return done


def collect_static(path: Path) -> None:
    """The built front end, as it is served."""
    data = path.parent / "collect"
    _manage(data, "collectstatic", "--noinput", "--verbosity", "0", CANVAS_STATIC_ROOT=str(path))


def make_data(path: Path) -> None:
    """A data directory as the first start of `serve --demo` leaves it."""
    for command in ("upgrade_database", "create_demo"):
        _manage(path, command)


def _manage(data: Path, *command: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "CANVAS_DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
            **environment,
        },
        stdout=subprocess.DEVNULL,
        check=True,
    )
