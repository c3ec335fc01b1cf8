"""How long tests wait for what takes as long as the machine needs.

A bound that is a promise of the product is given in the test and never stretched; every other wait
only has to end some day, and a busy machine may need longer than the one the test was written on.
"""

import os

PATIENCE = float(os.environ.get("CANVAS_TEST_PATIENCE", "4" if "CI" in os.environ else "1"))
"""By how much waits are stretched."""
PROMISE_SECONDS = 10.0
"""Whoever waits for less states what the product promises."""


def patient(seconds: float) -> float:
    """A wait of so many seconds, stretched unless it is a promise."""
    return seconds if seconds < PROMISE_SECONDS else seconds * PATIENCE
