"""Lets a process beside a server have only what the server leaves of the processor."""

import os
import sys
from contextlib import suppress
from pathlib import Path

NICENESS = 10


def lower_priority(pid: int) -> None:
    """Lowers the priority of a child, which has a session of its own.

    Linux gives each session an equal share of the processor and weighs niceness only within it,
    unless the session has one too (sched(7), "The autogroup feature"). A child that has ended is
    left alone.
    """
    if os.name != "posix":
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    if sys.platform == "linux":
        with suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS))
