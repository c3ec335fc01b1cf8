"""The durable state of documents: an append-only log of updates and the snapshots it starts
from.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from boards.levels import LENGTHS
from boards.models import Board


class DocumentUpdate(models.Model):
    """One committed batch of a board. The sequence numbers of a board have no gaps: 1, 2, 3, …"""

    # No indexes on board and author: every commit would write them. The constraint provides the one
    # for boards; accounts are deleted rarely, and compaction keeps the rows few.
    board = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="document_updates", db_index=False
    )
    seq = models.BigIntegerField("sequence")
    payload = models.BinaryField(help_text="Yjs update, version 1 encoding.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_index=False,
        related_name="+",
        help_text=gettext_lazy("Empty for anonymous people and for batches of several authors."),
    )
    created_at = models.DateTimeField()

    class Meta:
        """With this constraint a gap in the sequence means a missing row."""

        constraints = (
            models.UniqueConstraint(
                fields=("board", "seq"),
                name="update_sequence_unique_per_board",
                violation_error_message="This board already has an update with this sequence.",
            ),
            models.CheckConstraint(
                condition=Q(seq__gt=0),
                name="update_sequence_positive",
                violation_error_message="Sequences of updates start at 1.",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(board)s update %(n)d") % {"board": self.board_id, "n": self.seq}


class DocumentSnapshot(models.Model):
    """The whole document of a board as of `seq`; rows up to `seq` are no longer needed."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="document_snapshots")
    seq = models.BigIntegerField("sequence")
    payload = models.BinaryField(help_text="Yjs updates, version 1 encoding, one after another.")
    pieces = models.JSONField(
        default=list, editable=False, help_text="Bytes of each of the updates; empty: it is one."
    )
    elements = models.BinaryField(
        null=True, help_text="Ids of the elements in it, so that a load need not look for them."
    )
    is_packed = models.BooleanField(
        default=False, editable=False, help_text="Compressed; see sync/storage/log.py."
    )
    size_bytes = models.BigIntegerField(
        help_text=gettext_lazy("Of the update before it was compressed.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("board", "seq"),
                name="snapshot_sequence_unique_per_board",
                violation_error_message="This board already has a snapshot of this sequence.",
            ),
        )

    def __str__(self) -> str:
        return gettext("%(board)s snapshot %(n)d") % {"board": self.board_id, "n": self.seq}


class DocumentClient(models.Model):
    """Who owns a Yjs client id on one board: stored with its first update."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="document_clients")
    client_id = models.BigIntegerField()
    # No foreign key: when an account is deleted, its client ids must not fall to guests.
    user_id = models.BigIntegerField(
        null=True,
        help_text="Below zero: one guest. Empty: the guests of earlier versions, who were all one.",
    )
    seq = models.BigIntegerField("sequence", help_text="Of the update that claimed it.")
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="When the history it belonged to was replaced."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("board", "client_id"),
                name="client_id_unique_per_board",
                violation_error_message="This client id has an owner already.",
            ),
        )
        indexes = (
            models.Index(fields=("board", "seq"), name="client_board_seq"),
            models.Index(
                fields=("retired_at",),
                name="client_retired_at",
                condition=models.Q(retired_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.board_id} client {self.client_id}"


class Version(models.Model):
    """A restore point: the whole drawing of a board as of `seq`."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="versions")
    seq = models.BigIntegerField("sequence")
    name = models.CharField(
        max_length=LENGTHS["versionName"],
        blank=True,
        help_text=gettext_lazy("Empty for automatic ones."),
    )
    payload = models.BinaryField(help_text="Yjs update, version 1 encoding.")
    is_packed = models.BooleanField(
        default=False, editable=False, help_text="Compressed; see sync/storage/log.py."
    )
    size_bytes = models.BigIntegerField(
        help_text=gettext_lazy("Of the update before it was compressed.")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=gettext_lazy("Who named it; empty for automatic ones."),
    )
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name or f"{self.board_id} ({self.seq})"


class LoadAttempt(models.Model):
    """Loads of a board that began and did not succeed; too many of them quarantine the board."""

    board = models.OneToOneField(Board, on_delete=models.CASCADE, related_name="load_attempt")
    unfinished = models.PositiveIntegerField(
        default=0, help_text=gettext_lazy("Loads that crashed their process, failed, or still run.")
    )
    reason = models.CharField(
        max_length=300, blank=True, help_text=gettext_lazy("Of the last failure.")
    )
    quarantined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-quarantined_at",)

    def __str__(self) -> str:
        return str(self.board_id)


class JobAttempt(models.Model):
    """A job's work on one board that began and did not succeed; see `sync/storage/attempts.py`."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="job_attempts")
    work = models.CharField(max_length=20, help_text=gettext_lazy("Which job."))
    unfinished = models.PositiveIntegerField(
        default=0, help_text=gettext_lazy("Times that killed their process, failed, or still run.")
    )
    begun_at = models.DateTimeField()
    reason = models.CharField(
        max_length=300, blank=True, help_text=gettext_lazy("Of the last failure.")
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("board", "work"),
                name="attempt_unique_per_board",
                violation_error_message="This job has a count for this board already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.work} ({self.board_id}): {self.unfinished}"


class ConnectedCount(models.Model):
    """How many people are connected to one board in one process; renewed while they are. A board
    that nobody has open there any more keeps its row for an hour, with zeros.
    """

    process = models.UUIDField()
    server = models.CharField(
        max_length=100,
        blank=True,
        db_default="",
        help_text="Host and port of the process; the next one there has the same.",
    )
    # No foreign key: a count may be written while its board is being deleted.
    board_id = models.UUIDField(db_index=True)
    people = models.PositiveIntegerField(help_text="Accounts, and sockets of guests.")
    sockets = models.PositiveIntegerField()
    renewed_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("process", "board_id"),
                name="connected_unique_per_process",
                violation_error_message="This process has told its count already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.board_id}: {self.people}"


class ServerProcess(models.Model):
    """A server that runs now, and which keys it has."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100, help_text="Host and number of the process.")
    version = models.CharField(max_length=30)
    keys = models.JSONField(help_text="Digests of the keys, the one that signs first.")
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class JobRun(models.Model):
    """The newest run of a daily job: who claimed it, and how it ended."""

    class Outcome(models.TextChoices):
        RUNNING = "running", gettext_lazy("Running")
        OK = "ok", gettext_lazy("Done")
        FAILED = "failed", gettext_lazy("Failed")

    name = models.CharField(max_length=50, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True, help_text="Of the last good run.")
    outcome = models.CharField(max_length=8, choices=Outcome)
    detail = models.CharField(max_length=300, blank=True, help_text="Its last words.")
    process = models.CharField(
        max_length=100, blank=True, help_text="Host and number of the process that runs it."
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=["running", "ok", "failed"]),
                name="job_outcome_valid",
                violation_error_message="A job is running, done or failed.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"
