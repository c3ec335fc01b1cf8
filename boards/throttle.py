"""Counting in the cache, to slow down guessing and flooding.

The counts live as long as the cache: shared between processes when the cache is, which is
what an installation with several processes has. Approximate on purpose: never a security boundary
of its own.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache


def is_over_limit(name: str, *parts: str, limit: int) -> bool:
    """Whether ``limit`` events of this name and these parts were counted already."""
    count: int = cache.get(_key(name, parts), 0)
    return count >= limit


def count_event(name: str, *parts: str, seconds: int) -> None:
    """Count one event; the count starts anew ``seconds`` after its first one."""
    key = _key(name, parts)
    if not cache.add(key, 1, timeout=seconds):
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two calls
            cache.add(key, 1, timeout=seconds)


def forget_events(name: str, *parts: str) -> None:
    """Start the count anew."""
    cache.delete(_key(name, parts))


def _key(name: str, parts: tuple[str, ...]) -> str:
    """Hashed: what people type may hold what no cache key may."""
    digest = hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
    return f"throttle:{name}:{digest}"
