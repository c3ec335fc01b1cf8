"""Answers that always take the same time, so that it reveals nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

ANSWER_SECONDS = 0.25
"""Well above the work that is hidden."""


@contextmanager
def same_duration(seconds: float | None = None) -> Iterator[None]:
    """The block takes this long, however it ends; `ANSWER_SECONDS` by default."""
    started = time.monotonic()
    try:
        yield
    finally:
        wanted = ANSWER_SECONDS if seconds is None else seconds
        time.sleep(max(0.0, started + wanted - time.monotonic()))
