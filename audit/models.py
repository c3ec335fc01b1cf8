"""The audit log and its hash chain. `audit.services` writes rows once; they never change."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from audit import chain
from audit.actions import ActorKind, AuditAction, AuditLevel, AuditOutcome, AuditVia
from audit.origin import USER_AGENT_MAX_LENGTH

LABEL_MAX_LENGTH = 200
HASH_LENGTH = 64


class AuditLogImmutableError(TypeError):
    """Someone tried to change or delete a row of the audit log."""

    def __init__(self) -> None:
        super().__init__("Rows of the audit log can be written once and never changed or deleted.")


class AuditLogQuerySet(models.QuerySet["AuditLog"]):
    """Reads and inserts only."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: raises `AuditLogImmutableError`."""
        raise AuditLogImmutableError

    def delete(self) -> NoReturn:
        """Refused: raises `AuditLogImmutableError`."""
        raise AuditLogImmutableError

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: raises `AuditLogImmutableError`."""
        raise AuditLogImmutableError

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: each row is chained to the one before it, so they are written one by one."""
        raise AuditLogImmutableError


def chain_key() -> bytes:
    """The key of the chain. It is used for nothing else, so no other leak helps to forge a row."""
    return str(settings.CANVAS_AUDIT_KEY).encode()


class AuditHead(models.Model):
    """The end of the chain: a single row. Locking it serializes all writers of the log.

    Sealed, so that rows cut off at the end cannot be hidden by writing an older end here.
    """

    SINGLE_ID = 1

    last_id = models.BigIntegerField()
    last_hash = models.CharField(max_length=HASH_LENGTH, blank=True)
    seal = models.CharField(max_length=HASH_LENGTH)

    class Meta:
        verbose_name = "end of the audit log"

    def __str__(self) -> str:
        return f"{self.last_id} {self.last_hash}"

    @classmethod
    def locked(cls) -> AuditHead:
        """The end, locked until the transaction ends. If it is lost a new chain begins.

        The first migration writes the end of the empty log, so it is only missing if someone
        removed it. With a new chain people can keep working, and verification reports for ever that
        it does not start at the beginning of a log.
        """
        head = cls.objects.select_for_update().filter(pk=cls.SINGLE_ID).first()
        if head is not None:
            return head
        last_id = AuditLog.objects.aggregate(last=models.Max("pk"))["last"] or 0
        return cls.begin(last_id, chain.LOST)

    @classmethod
    def begin(cls, last_id: int = 0, last_hash: str = chain.GENESIS) -> AuditHead:
        """Writes the end of a log without rows after `last_id`, unless there is one."""
        values = {"last_id": last_id, "last_hash": last_hash}
        sealed = values | {"seal": _seal_of_head(last_id, last_hash)}
        return cls.objects.select_for_update().get_or_create(pk=cls.SINGLE_ID, defaults=sealed)[0]

    def advance(self, row: AuditLog) -> None:
        """Makes this row the last one."""
        self.last_id, self.last_hash = row.pk, row.entry_hash
        self.seal = _seal_of_head(self.last_id, self.last_hash)
        self.save(update_fields=["last_id", "last_hash", "seal"])

    @property
    def is_sealed(self) -> bool:
        """Whether this installation wrote it."""
        return chain.is_same(_seal_of_head(self.last_id, self.last_hash), self.seal)


def _seal_of_head(last_id: int, last_hash: str) -> str:
    return chain.seal(chain_key(), "head", last_id, last_hash)


class AuditCheckpoint(models.Model):
    """Where pruning cut off the old end: verification starts after the newest checkpoint."""

    last_pruned_id = models.BigIntegerField(unique=True)
    last_hash = models.CharField(max_length=HASH_LENGTH)
    count = models.PositiveBigIntegerField()
    pruned_at = models.DateTimeField(default=timezone.now)
    seal = models.CharField(max_length=HASH_LENGTH)

    class Meta:
        ordering = ("-last_pruned_id",)
        verbose_name = "audit log checkpoint"

    def __str__(self) -> str:
        return f"pruned up to {self.last_pruned_id}"

    @classmethod
    def written(cls, *, last_pruned_id: int, last_hash: str, count: int) -> AuditCheckpoint:
        """A new, sealed checkpoint."""
        sealed = chain.seal(chain_key(), "checkpoint", last_pruned_id, last_hash)
        return cls.objects.create(
            last_pruned_id=last_pruned_id, last_hash=last_hash, count=count, seal=sealed
        )

    @property
    def is_sealed(self) -> bool:
        """Whether this installation wrote it."""
        expected = chain.seal(chain_key(), "checkpoint", self.last_pruned_id, self.last_hash)
        return chain.is_same(expected, self.seal)


class AuditLog(models.Model):
    """One event: who did what to which board, how it ended, and from where.

    Actor and target are plain references without a database constraint, and the board is only an
    id: deleting a user or a board must leave every row byte for byte as it was written. The labels
    have the names at that time.
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
    share_link_id = models.UUIDField(null=True, blank=True)
    connection_id = models.UUIDField(
        null=True, blank=True, help_text=gettext_lazy("The same on all rows of one socket.")
    )
    data = models.JSONField(default=dict, blank=True)
    prev_hash = models.CharField(max_length=HASH_LENGTH, blank=True, editable=False)
    entry_hash = models.CharField(max_length=HASH_LENGTH, editable=False)

    objects = AuditLogQuerySet.as_manager()

    class Meta:
        """Newest first; every list an operator asks for has its index."""

        base_manager_name = "objects"
        ordering = ("-created_at", "-id")
        verbose_name = "audit log entry"
        verbose_name_plural = "audit log"
        permissions = (("export_auditlog", "Can export the audit log"),)
        indexes = (
            models.Index(fields=("-created_at",), name="audit_created"),
            models.Index(fields=("board_id", "-created_at"), name="audit_board_created"),
            models.Index(fields=("actor", "-created_at"), name="audit_actor_created"),
            models.Index(fields=("action", "-created_at"), name="audit_action_created"),
        )

    def __str__(self) -> str:
        words = f"{self.created_at:%Y-%m-%d %H:%M:%S} {self.get_action_display()}"
        return f"{words} {self.actor_label}".rstrip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Appends the row to the chain. Raises `AuditLogImmutableError` for one that exists.

        Takes the lock of the chain, which is held until the caller's transaction ends.
        """
        if not self._state.adding or self.pk is not None:
            raise AuditLogImmutableError
        chain.check_storable(self.data)
        with transaction.atomic(savepoint=False):
            head = AuditHead.locked()
            self.pk = head.last_id + 1
            self.prev_hash = head.last_hash
            fields = {name: getattr(self, name) for name in CHAINED_FIELDS}
            self.entry_hash = chain.entry_hash(chain_key(), self.prev_hash, fields)
            kwargs["force_insert"] = True
            super().save(*args, **kwargs)
            head.advance(self)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: raises `AuditLogImmutableError`."""
        raise AuditLogImmutableError


CHAINED_FIELDS = tuple(
    field.attname
    for field in AuditLog._meta.concrete_fields
    if field.attname not in {"prev_hash", "entry_hash"}
)
"""The fields covered by a row's hash: all of them."""
