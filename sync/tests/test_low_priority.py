"""Processes beside a server get what it leaves of the processor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.low_priority import NICENESS, NICENESS_AT_START, lower_priority

HAS_AUTOGROUPS = pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(),
    reason="this system does not share the processor by sessions",
)


def a_child() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-S", "-c", "input()"], stdin=-1, start_new_session=True
    )


def test_a_child_yields_within_its_session_and_the_session_to_others() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with a_child() as child:
        lower_priority(child.pid)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) >= NICENESS
        group = Path(f"/proc/{child.pid}/autogroup")
        if group.exists():  # of Linux alone
            assert group.read_text().split()[1:] == ["nice", str(NICENESS)]
        assert os.getpriority(os.PRIO_PROCESS, 0) == before, "The server keeps its own."
        child.communicate(b"\n")


def test_one_that_has_ended_is_left_alone() -> None:
    with a_child() as child:
        child.communicate(b"\n")
    lower_priority(child.pid)


_STARTS = """
import pathlib
from sync.low_priority import start_behind_others, restore_priority
def told():  # nothing in a session that began before the kernel grouped any, as in some containers
    print((pathlib.Path("/proc/self/autogroup").read_text().split() or ["none"])[-1])
told()
start_behind_others()
told()
restore_priority()
told()
"""


@HAS_AUTOGROUPS
@pytest.mark.parametrize("has_own_session", [True, False])
def test_a_server_goes_behind_others_while_it_starts(*, has_own_session: bool) -> None:
    """In the session of a terminal it leaves other programs there alone."""
    told = subprocess.run(
        [sys.executable, "-c", _STARTS],
        start_new_session=has_own_session,
        capture_output=True,
        check=True,
        text=True,
    )
    before, starting, after = told.stdout.split()
    assert starting == (str(NICENESS_AT_START) if has_own_session else before)
    assert after == ("0" if has_own_session else before)


_STARTS_QUICKLY = """
import ctypes, os, pathlib, time
from sync.low_priority import NICENESS_AT_START, start_behind_others, restore_priority
if os.getuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    ctypes.CDLL(None).prctl(4, 1)  # else /proc/self is root's
def until(niceness):
    end = time.monotonic() + 10
    while (now := int(pathlib.Path("/proc/self/autogroup").read_text().split()[-1])) != niceness:
        assert time.monotonic() < end, now
        time.sleep(0.001)
start_behind_others()
until(NICENESS_AT_START)
restore_priority()  # the kernel refuses it: too soon
until(0)
"""


@HAS_AUTOGROUPS
def test_what_the_kernel_refuses_for_a_moment_is_set_later() -> None:
    subprocess.run([sys.executable, "-c", _STARTS_QUICKLY], start_new_session=True, check=True)
