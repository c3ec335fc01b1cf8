"""Counts events in fixed windows, in the cache: cheap, for limits that may forget.

With Redis all processes share the counts; without it each process has its own.
"""

from __future__ import annotations

import time

from django.core.cache import cache


def counted_in_window(key: str, seconds: int) -> int:
    """Counts one event of `key`; returns how many there were in the present window, with it."""
    window = int(time.time() // seconds)
    counter = f"{key}:{window}"
    cache.add(counter, 0, timeout=2 * seconds)
    try:
        return int(cache.incr(counter))
    except ValueError:  # evicted between the two calls
        return 1


def seconds_left(seconds: int) -> int:
    """Until the present window ends."""
    return seconds - int(time.time() % seconds)
