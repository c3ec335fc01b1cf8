"""Counters for rate limits.

They are in the database, so that every process sees the same numbers and nobody can evict them by
filling a cache. Checking for room and counting are one step, so concurrent attempts can't exceed a
limit.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F

from accounts.limits.refusals import RefusalError
from accounts.models import RateCount

SWEEP_SECONDS = 60
SWEEP_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit` events with this name and these parts in `seconds`.

    The window starts with its first event.
    """

    name: str
    parts: tuple[str, ...]
    limit: int
    seconds: int

    @property
    def key(self) -> str:
        """The key, hashed: what people type may be long, and nobody should read it here."""
        digest = hashlib.sha256("\0".join(self.parts).encode(errors="replace")).hexdigest()[:40]
        return f"{self.name}:{digest}"


@dataclass(frozen=True, slots=True)
class Full:
    """Which limit is reached, and for how many seconds."""

    limit: Limit
    seconds: int


def count_event(*limits: Limit, write: Callable[[], object] | None = None) -> Full | None:
    """Counts one event for all of the limits, or for none and returns the one that is reached.

    A reached limit costs a read and no write, so that refusing is cheap. What `write` does is part
    of the same transaction; it is not called if a limit is reached.
    """
    now = int(time.time())
    full = _full(limits, now)
    if full is not None:
        return full
    ordered = sorted(limits, key=lambda one: one.key)  # so that no two writers wait for each other
    with transaction.atomic():
        for limit in ordered:
            if not _incremented(limit, now):
                transaction.set_rollback(True)
                break
        else:
            _sweep(now)
            if write is not None:
                write()
            return None
    return _full(limits, now) or Full(limit, 1)


def refuse_beyond(text: str, *limits: Limit) -> None:
    """Counts one event like `count_event`. Raises `RefusalError` (429) with this text if one of the
    limits is reached."""
    full = count_event(*limits)
    if full is not None:
        raise RefusalError(text, status=429, code="throttled", retry_after_seconds=full.seconds)


def give_back(*limits: Limit) -> None:
    """Uncounts one event that turned out not to be limited."""
    with transaction.atomic():
        for key in sorted(limit.key for limit in limits):
            RateCount.objects.filter(pk=key, count__gt=0).update(count=F("count") - 1)


def forget_events(limit: Limit) -> None:
    """Resets the counter."""
    RateCount.objects.filter(pk=limit.key).delete()


def is_remembered(name: str, *parts: str) -> bool:
    """Whether `remember` was called for this and has not ended."""
    key = Limit(name, parts, 1, 0).key
    return RateCount.objects.filter(pk=key, ends_at__gt=int(time.time())).exists()


def remember(name: str, *parts: str, seconds: int) -> None:
    """Remembers something for a time; rewritten only after a tenth of it has passed."""
    key, now = Limit(name, parts, 1, 0).key, int(time.time())
    if not RateCount.objects.filter(pk=key, ends_at__gt=now + seconds * 9 // 10).exists():
        values = {"count": 1, "ends_at": now + seconds}
        RateCount.objects.update_or_create(pk=key, defaults=values)


def _full(limits: Sequence[Limit], now: int) -> Full | None:
    rows = RateCount.objects.filter(pk__in=[limit.key for limit in limits], ends_at__gt=now)
    counts = {key: (count, ends_at) for key, count, ends_at in rows.values_list()}
    for limit in limits:
        count, ends_at = counts.get(limit.key, (0, now))
        if count >= limit.limit:
            return Full(limit, max(1, ends_at - now))
    return None


_COUNT = """
    INSERT INTO boards_ratecount (key, count, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN boards_ratecount.ends_at <= %s THEN 1
            ELSE boards_ratecount.count + 1 END,
        ends_at = CASE WHEN boards_ratecount.ends_at <= %s THEN excluded.ends_at
            ELSE boards_ratecount.ends_at END
    WHERE boards_ratecount.ends_at <= %s OR boards_ratecount.count < %s
"""


def _incremented(limit: Limit, now: int) -> bool:
    if limit.limit <= 0:
        return False
    values: list[str | int] = [limit.key, now + limit.seconds, now, now, now, limit.limit]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return bool(cursor.rowcount == 1)


_swept_at = 0
_sweeping = threading.Lock()


def _sweep(now: int) -> None:
    """Removes ended counters in parts, so that the table stays small. While there are more than
    one part, as after a flood from many networks, the next part follows a second later.
    """
    global _swept_at
    with _sweeping:
        if now - _swept_at < SWEEP_SECONDS:
            return
        _swept_at = now
    rows = RateCount.objects.filter(ends_at__lte=now)
    # Not those that another transaction holds, which may wait for a lock of this one.
    free = rows.select_for_update(skip_locked=True)
    ended = list(free.values_list("pk", flat=True)[:SWEEP_ROWS])
    rows.filter(pk__in=ended).delete()
    if len(ended) == SWEEP_ROWS:
        with _sweeping:
            _swept_at = now - SWEEP_SECONDS + 1
