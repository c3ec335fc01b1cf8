"""The audit log table. ``audit.services`` writes its rows once; they never change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.actions import ActorKind, AuditAction, AuditLevel, AuditOutcome, AuditVia
from audit.origin import USER_AGENT_MAX_LENGTH

LABEL_MAX_LENGTH = 200


class AuditLogImmutableError(TypeError):
    """Somebody tried to change or delete a row of the audit log."""

    def __init__(self) -> None:
        super().__init__("Rows of the audit log can be written once and never changed or deleted.")


class AuditLogQuerySet(models.QuerySet["AuditLog"]):
    """Reads and inserts only."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: raises ``AuditLogImmutableError``."""
        raise AuditLogImmutableError

    def delete(self) -> NoReturn:
        """Refused: raises ``AuditLogImmutableError``."""
        raise AuditLogImmutableError

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: raises ``AuditLogImmutableError``."""
        raise AuditLogImmutableError

    def bulk_create(
        self,
        objs: Iterable[AuditLog],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Any = None,
        unique_fields: Any = None,
    ) -> list[AuditLog]:
        """Inserts only; the "update on conflict" form is refused."""
        if update_conflicts:
            raise AuditLogImmutableError
        return super().bulk_create(objs, batch_size=batch_size, ignore_conflicts=ignore_conflicts)


class AuditLog(models.Model):
    """One event: who did what to which board, how it ended, and from where.

    Actor and target are plain references without a database constraint, and the board is only an
    id: deleting a user or a board must leave every row byte for byte as it was written. The labels
    hold the names at that time.
    """

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    action = models.CharField(max_length=32, choices=AuditAction)
    outcome = models.CharField(max_length=8, choices=AuditOutcome, default=AuditOutcome.SUCCESS)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,  # the (actor, -created_at) index below serves this too
        null=True,
        blank=True,
        related_name="+",
    )
    actor_kind = models.CharField(max_length=12, choices=ActorKind)
    actor_label = models.CharField(max_length=LABEL_MAX_LENGTH, blank=True)
    target_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
    )
    target_label = models.CharField(max_length=LABEL_MAX_LENGTH, blank=True)
    board_id = models.UUIDField(null=True, blank=True)
    board_title = models.CharField(max_length=LABEL_MAX_LENGTH, blank=True)
    level = models.CharField(max_length=8, choices=AuditLevel, blank=True)
    via = models.CharField(max_length=8, choices=AuditVia, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=USER_AGENT_MAX_LENGTH, blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects = AuditLogQuerySet.as_manager()

    class Meta:
        """Newest first; every list an operator asks for has its index."""

        base_manager_name = "objects"
        ordering = ("-created_at", "-id")
        verbose_name = "audit log entry"
        verbose_name_plural = "audit log"
        indexes = (
            models.Index(fields=("-created_at",), name="audit_created"),
            models.Index(fields=("board_id", "-created_at"), name="audit_board_created"),
            models.Index(fields=("actor", "-created_at"), name="audit_actor_created"),
            models.Index(fields=("action", "-created_at"), name="audit_action_created"),
        )

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M:%S} {self.action} {self.actor_label}".rstrip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Inserts. Raises ``AuditLogImmutableError`` for a row that already exists."""
        if not self._state.adding or self.pk is not None:
            raise AuditLogImmutableError
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: raises ``AuditLogImmutableError``."""
        raise AuditLogImmutableError
