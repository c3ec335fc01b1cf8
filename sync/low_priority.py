"""Who goes first on a busy processor: a server before the processes beside it, and servers that
have people before one that starts.
"""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

NICENESS = 10
NICENESS_AT_START = 5
AGAIN_SECONDS = 0.15
"""For 0.1 seconds after somebody on the machine has set one, Linux lets only root set another."""
TRIES = 100


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
    _set_niceness_of_session(str(pid), NICENESS)


def start_behind_others() -> None:
    """Lets processes of other sessions go first until `restore_priority`. Does nothing to a session
    that this process did not begin, like that of a terminal.
    """
    if os.name == "posix" and os.getsid(0) == os.getpid():
        _set_niceness_of_session("self", NICENESS_AT_START)


def restore_priority() -> None:
    """Ends what `start_behind_others` began."""
    if os.name == "posix" and os.getsid(0) == os.getpid():
        _set_niceness_of_session("self", 0)


def _set_niceness_of_session(process: str, niceness: int, tries: int = TRIES) -> None:
    if sys.platform != "linux":
        return
    try:
        Path(f"/proc/{process}/autogroup").write_text(str(niceness))
    except BlockingIOError:  # somebody on this machine has just set one
        if tries > 1:
            arguments = (process, niceness, tries - 1)
            again = threading.Timer(AGAIN_SECONDS, _set_niceness_of_session, arguments)
            again.daemon = True
            again.start()
    except OSError:  # the process has ended, or the kernel has no autogroups
        pass
