"""Starts the daily jobs beside the server when they are due."""

import logging
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from canvas_project.compaction_process import how_it_ended
from canvas_project.regular import RegularThread
from sync.low_priority import lower_priority
from sync.programs.jobs import jobs_due, process_name, run_ended

logger = logging.getLogger(__name__)

FIRST_LOOK_SECONDS = 60.0
LOOK_SECONDS = 600.0


class DailyJobs(RegularThread):
    """Checks regularly whether a job is due, and runs it in a process of its own."""

    subject = "daily jobs"
    stop_seconds = 5

    def __init__(self, first_look: float = FIRST_LOOK_SECONDS, look: float = LOOK_SECONDS) -> None:
        super().__init__(first_look, look)
        self._child: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Runs what is due."""
        if jobs_due():
            self._run_child()

    def stop(self) -> None:
        """Stops, and ends a running job: what it has not committed is done next time."""
        self._stop_asked.set()
        if self._child is not None:
            self._child.terminate()
        super().stop()

    def _run_child(self) -> None:
        manage = Path(settings.BASE_DIR) / "manage.py"
        command = [sys.executable, str(manage), "run_daily_jobs"]
        try:
            child = subprocess.Popen(command, start_new_session=True)  # noqa: S603
        except OSError as error:  # out of memory or processes
            logger.error("daily jobs: could not be started (%s); trying again", error.strerror)
            return
        lower_priority(child.pid)
        self._child = child
        if self._stop_asked.is_set():
            child.terminate()
        code = child.wait()
        if code != 0 and not self._stop_asked.is_set():
            how = how_it_ended(code)
            logger.error("daily jobs: the process %s", how)
            run_ended(process_name(child.pid), f"its process {how}")
