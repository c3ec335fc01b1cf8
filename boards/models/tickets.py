"""Unused tickets of sockets.

They are rows because caches evict entries, and every process has to see the same.
"""

from __future__ import annotations

import uuid

from django.db import models


class SocketTicket(models.Model):
    """An unused ticket. Deleting the row is using it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session_key = models.CharField(max_length=40, blank=True, editable=False)
    """The session that requested it; empty for a program with an access token."""
    ends_at = models.BigIntegerField(editable=False, db_index=True)
    """Seconds since 1970."""

    def __str__(self) -> str:
        return str(self.pk)
