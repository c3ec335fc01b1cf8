"""Counters of rate limits. They are rows because caches evict entries, and every process has to see
the same.
"""

from __future__ import annotations

from django.db import models


class RateCount(models.Model):
    """How often something happened in a time window. Written by `accounts.limits.throttle`."""

    key = models.CharField(primary_key=True, max_length=80, editable=False)
    count = models.PositiveIntegerField(editable=False)
    ends_at = models.BigIntegerField(editable=False, db_index=True)
    """Seconds since 1970."""

    class Meta:
        db_table = "boards_ratecount"  # its name when it belonged to boards

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
