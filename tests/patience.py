"""How long tests wait for things that take as long as the machine needs.

A bound that is a promise of the product is stated in the test and never stretched. Every other wait
only has to end eventually, and a busy machine may need longer than the one the test was written on.
"""

import os

PATIENCE = float(os.environ.get("CANVAS_TEST_PATIENCE", "4" if "CI" in os.environ else "1"))
"""The factor by which waits are stretched."""
PROMISE_SECONDS = 10.0
"""Shorter waits state what the product promises."""


def patient(seconds: float) -> float:
    """A wait of this many seconds, stretched unless it is a promise."""
    return seconds if seconds < PROMISE_SECONDS else seconds * PATIENCE
