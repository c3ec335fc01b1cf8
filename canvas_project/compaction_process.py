"""Keeps the process that compacts boards beside the server running."""

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

logger = logging.getLogger(__name__)

LOOP_PAUSE_SECONDS = 30
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
STEADY_AFTER_SECONDS = 60.0
STOP_SECONDS = 3.0
RESTARTS = Counter(
    "canvas_compaction_restarts", "How often the compaction process ended by itself."
)


class CompactionProcess(threading.Thread):
    """Starts it, and starts it again when it ends by itself; each time later, up to five minutes.

    A process of its own: a board whose document crashes it does not take the server along.
    """

    running: "CompactionProcess | None" = None
    """That of this server process, for its status page."""

    def __init__(self, command: list[str] | None = None) -> None:
        super().__init__(name="canvas-compaction", daemon=True)
        self._command = command or _command()
        self._stop_asked = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self.last_end = ""
        self.ended_at: datetime | None = None

    def run(self) -> None:
        """Until it is stopped."""
        CompactionProcess.running = self
        pause = FIRST_PAUSE_SECONDS
        while not self._stop_asked.is_set():
            began = time.monotonic()
            self._run_child()
            if self._stop_asked.is_set():
                return
            if time.monotonic() - began >= STEADY_AFTER_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            logger.error("compaction %s; it is started again in %.0f s", self.last_end, pause)
            self._stop_asked.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def stop(self) -> None:
        """Ends it, after the board that it is at; one that takes long is left as it is."""
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
        """The process; None while there is none."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def _run_child(self) -> None:
        # A session of its own, so that Ctrl-C reaches it through this process and not beside it.
        try:
            child = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603
        except OSError as error:  # no memory, no free process
            self._ended(f"could not be started ({error.strerror})")
            return
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
    """What the exit code of a process says, in words."""
    if code >= 0:
        return f"ended with status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
