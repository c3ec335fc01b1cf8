"""Visits: who is on a board now, for the audit log."""

from __future__ import annotations

from django.db import models

from accounts.models.tokens import NAME_MAX_LENGTH as TOKEN_NAME_MAX_LENGTH
from audit.actions import AuditLevel, AuditVia
from audit.origin import USER_AGENT_MAX_LENGTH


class Visit(models.Model):
    """One stay of one person on one board, by one way: its pages, sockets and requests.

    The audit log has a row for its start and one for its end. This row holds what is needed in
    between, and is deleted when the visit ends.
    """

    # A hash of the board, the person and the way in, so that only one is open at a time.
    id = models.UUIDField(primary_key=True, editable=False)
    connection_id = models.UUIDField(help_text="Names it in the log; another at a higher level.")
    # No foreign keys: a row must never keep an account or a board from being deleted.
    board_id = models.UUIDField()
    user_id = models.BigIntegerField(null=True)
    level = models.CharField(max_length=8, choices=AuditLevel, blank=True)
    via = models.CharField(max_length=8, choices=AuditVia)
    share_link_id = models.UUIDField(null=True)
    token_id = models.UUIDField(null=True)
    token_name = models.CharField(max_length=TOKEN_NAME_MAX_LENGTH, blank=True, db_default="")
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=USER_AGENT_MAX_LENGTH, blank=True)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    sockets = models.PositiveIntegerField(default=0)
    updates = models.PositiveBigIntegerField(default=0)
    bytes_in = models.PositiveBigIntegerField(default=0)
    wrote = models.JSONField(default=list, help_text="Kinds of writes that the log has a row of.")
    is_lasting = models.BooleanField(
        default=False,
        help_text="Ends only when nothing was seen for a while: too many came before it.",
    )

    def __str__(self) -> str:
        return f"{self.board_id} {self.opened_at:%Y-%m-%d %H:%M:%S}"
