"""Keeps the compaction process running beside the server."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from prometheus_client import Counter

from sync.low_priority import lower_priority

logger = logging.getLogger(__name__)

LOOP_PAUSE_SECONDS = 30
BESIDE_SERVER_AFTER_SECONDS = 20.0
"""A server that starts has the processor to itself; nothing is late by this."""
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
STEADY_AFTER_SECONDS = 60.0
STOP_SECONDS = 3.0
RESTARTS = Counter(
    "canvas_compaction_restarts", "How often the compaction process ended by itself."
)


class CompactionProcess(threading.Thread):
    """Starts the process, and restarts it with growing delays of up to five minutes.

    It is a separate process, so that a board that crashes it does not take the server down.
    """

    running: "CompactionProcess | None" = None
    """The one of this server process, for the status page."""

    def __init__(self, command: list[str] | None = None, *, after: float = 0.0) -> None:
        """`after` is the pause in seconds before the first start."""
        super().__init__(name="canvas-compaction", daemon=True)
        self._after = after
        self._command = command or _command()
        self._stop_asked = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self.last_end = ""
        self.ended_at: datetime | None = None

    def run(self) -> None:
        """Runs until `stop`."""
        CompactionProcess.running = self
        self._stop_asked.wait(self._after)
        pause = FIRST_PAUSE_SECONDS
        while not self._stop_asked.is_set():
            began = time.monotonic()
            self._run_child()
            if self._stop_asked.is_set():
                return
            if time.monotonic() - began >= STEADY_AFTER_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            logger.error("compaction %s; restarting in %.0f s", self.last_end, pause)
            self._stop_asked.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stops the process after the current board; if that takes too long, it is killed."""
        self._stop_asked.set()
        child = self._child
        if child is not None:
            child.terminate()
        if self.is_alive():
            self.join(STOP_SECONDS)
        if self.is_alive() and child is not None:
            child.kill()
            self.join()
        CompactionProcess.running = None

    @property
    def pid(self) -> int | None:
        """The process id; None while no process runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def _run_child(self) -> None:
        # In its own session, so that Ctrl-C reaches it only through this process.
        try:
            child = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603
        except OSError as error:  # out of memory or processes
            self._ended(f"could not be started ({error.strerror})")
            return
        lower_priority(child.pid)
        self._child = child
        if self._stop_asked.is_set():
            child.terminate()
        code = child.wait()
        if not self._stop_asked.is_set():
            self._ended(how_it_ended(code))

    def _ended(self, how: str) -> None:
        self.restarts += 1
        self.last_end, self.ended_at = how, timezone.now()
        RESTARTS.inc()


def _command() -> list[str]:
    manage = Path(settings.BASE_DIR) / "manage.py"
    loop = ["--loop", str(LOOP_PAUSE_SECONDS), "--parent", str(os.getpid())]
    return [sys.executable, str(manage), "compact_boards", *loop]


def how_it_ended(code: int) -> str:
    """The exit code of a process in words."""
    if code >= 0:
        return f"ended with status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
