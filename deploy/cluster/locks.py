"""One cluster on one data directory, and none before the processes of the last one have ended."""

import fcntl
import os
import time
from pathlib import Path

WAIT_SECONDS = 60.0
"""Servers take up to twenty seconds to shut down, and longer on a busy machine."""


class InUseError(Exception):
    """Another cluster has the data directory; the message says what to do."""


class Locks:
    """Held by the cluster, and one of them by its processes too, as long as any of them lives."""

    def __init__(self, directory: Path) -> None:
        self._own = _opened(directory / "cluster.lock")
        self._shared = _opened(directory / "processes.lock")

    @property
    def inherited(self) -> int:
        """The descriptor that the processes keep open."""
        return self._shared

    def take(self) -> None:
        """Waits until the processes of a cluster that was killed have ended. Raises InUseError."""
        if not _locked(self._own):
            pid = os.pread(self._own, 20, 0).decode().strip()
            raise InUseError(
                f"A cluster is running on this data directory already (process {pid}): end it "
                "with Ctrl-C there, or set another CANVAS_DATA_DIR."
            )
        os.ftruncate(self._own, 0)
        os.pwrite(self._own, str(os.getpid()).encode(), 0)
        deadline = time.monotonic() + WAIT_SECONDS
        while not _locked(self._shared):
            if time.monotonic() > deadline:
                raise InUseError(
                    "Processes of an earlier cluster are still running on this data directory; end "
                    "the ones that are listed in cluster/state.json there."
                )
            time.sleep(0.1)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
