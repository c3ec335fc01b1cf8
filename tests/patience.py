"""How long tests wait for things that take as long as the machine needs.

A bound that is a promise of the product is stated in the test and never stretched: it is measured
by a clock that stands still while the machine is too busy. Every other wait only has to end
eventually, and a busy machine may need longer than the one the test was written on.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = float(os.environ.get("CANVAS_TEST_PATIENCE", "4"))
"""The factor by which waits are stretched."""
PROMISE_SECONDS = 10.0
"""Shorter waits state what the product promises."""
LONGEST_STRETCH = 10.0
"""However busy the machine is, the promise of a second is kept within ten."""

_PRESSURE = Path("/proc/pressure/cpu")
"""Where Linux says for how long somebody has waited for a processor."""


def patient(seconds: float) -> float:
    """A wait of this many seconds, stretched unless it is a promise."""
    return seconds if seconds < PROMISE_SECONDS else seconds * PATIENCE


class Stopwatch:
    """Measures promises: it counts only time in which nobody had to wait for a processor, but at
    least a tenth of the whole. On a machine that does nothing else it is a clock.
    """

    def __init__(self) -> None:
        self._began, self._waited = time.monotonic(), _waited()

    @property
    def seconds(self) -> float:
        """Since it was made."""
        whole = time.monotonic() - self._began
        return max(whole - (_waited() - self._waited), whole / LONGEST_STRETCH)


def _waited() -> float:
    """Seconds since the machine started in which somebody waited for a processor; 0 where the
    system does not say.
    """
    with suppress(OSError):
        return int(_PRESSURE.read_text().split("total=")[1].split()[0]) / 1_000_000
    return 0.0


CLOCK = Stopwatch()
"""For promises whose beginning and end are seen in different places."""
