"""Short-lived rows: what is counted to slow down guessing, and tickets that were not used yet.

They are rows because a cache forgets when others fill it, and every process has to see the same.
"""

from __future__ import annotations

import uuid

from django.db import models


class RateCount(models.Model):
    """How often something happened in a window of time. ``boards.limits.throttle`` writes it."""

    key = models.CharField(primary_key=True, max_length=80, editable=False)
    count = models.PositiveIntegerField(editable=False)
    ends_at = models.BigIntegerField(editable=False, db_index=True)
    """Seconds since 1970."""

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class SocketTicket(models.Model):
    """A ticket that was given out and not used. Deleting the row is using it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session_key = models.CharField(max_length=40, blank=True, editable=False)
    """The session that asked for it; empty for a program with an access token."""
    ends_at = models.BigIntegerField(editable=False, db_index=True)
    """Seconds since 1970."""

    def __str__(self) -> str:
        return str(self.pk)
