"""Ended counters go faster than strangers make them."""

from __future__ import annotations

import time

import pytest

from accounts.limits import throttle
from accounts.limits.throttle import Limit, count_event
from accounts.models import RateCount


def test_many_ended_counters_go_within_seconds(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    now = int(time.time())
    monkeypatch.setattr(throttle, "SWEEP_ROWS", 10)
    monkeypatch.setattr(throttle, "_swept_at", 0)
    ended = [RateCount(key=f"old:{number}", count=1, ends_at=now - 1) for number in range(35)]
    RateCount.objects.bulk_create(ended)
    left = []
    for second in range(4):
        monkeypatch.setattr("accounts.limits.throttle.time.time", lambda at=now + second: at)
        assert count_event(Limit("new", (str(second),), 1, 600)) is None
        left.append(RateCount.objects.filter(key__startswith="old:").count())
    assert left == [25, 15, 5, 0]
