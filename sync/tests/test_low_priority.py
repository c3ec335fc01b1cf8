"""Processes beside a server get what it leaves of the processor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.low_priority import NICENESS, lower_priority

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone shares by sessions")


def a_child() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-S", "-c", "input()"], stdin=-1, start_new_session=True
    )


@LINUX
def test_a_child_yields_within_its_session_and_the_session_to_others() -> None:
    with a_child() as child:
        lower_priority(child.pid)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == NICENESS
        group = Path(f"/proc/{child.pid}/autogroup")
        if group.exists():  # the kernel may be built without it
            assert group.read_text().split()[1:] == ["nice", str(NICENESS)]
        assert os.getpriority(os.PRIO_PROCESS, 0) == 0, "The server keeps its own."
        child.communicate(b"\n")


def test_one_that_has_ended_is_left_alone() -> None:
    with a_child() as child:
        child.communicate(b"\n")
    lower_priority(child.pid)
