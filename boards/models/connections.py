"""The open sockets of accounts, in all processes."""

from __future__ import annotations

import uuid

from django.db import models

PROCESS = uuid.uuid4()
"""The name of this process."""


class LiveConnection(models.Model):
    """An open socket of an account: written before anything is sent on it, removed when it closes.

    Sockets of people who sign out, are deactivated or change their password are found by these
    rows. An extra row, of a process that was killed, is harmless; a missing one would leave a
    socket open.
    """

    connection_id = models.UUIDField(primary_key=True, editable=False)
    # No foreign keys: a row must never keep an account or a board from being deleted.
    board_id = models.UUIDField()
    user_id = models.BigIntegerField(db_index=True)
    process = models.UUIDField(db_index=True)
    seen_at = models.DateTimeField(db_index=True, help_text="Its process still had it then.")

    def __str__(self) -> str:
        return f"{self.user_id} on {self.board_id}"
