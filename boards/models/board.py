"""Boards, permissions and images."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from boards.levels import LENGTHS, AccessLevel
from boards.models.levels import PermissionLevel
from boards.models.spaces import Folder, Space
from boards.validators import TITLE_MISSING_MESSAGE, validate_file_id, validate_title

TITLE_MAX_LENGTH = LENGTHS["title"]


class Board(models.Model):
    """A board: an owner, a title, permissions. Its drawing is the document, which `sync` stores."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(
        max_length=TITLE_MAX_LENGTH,
        validators=[validate_title],
        error_messages={"blank": TITLE_MISSING_MESSAGE},
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="owned_boards"
    )
    space = models.ForeignKey(
        Space,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="boards",
        help_text=gettext_lazy("The place whose permissions it inherits."),
    )
    folder = models.ForeignKey(
        Folder,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="boards",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_activity_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField("moved to trash at", null=True, blank=True, editable=False)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    head_seq = models.BigIntegerField(
        default=0,
        editable=False,
        help_text=gettext_lazy(
            "Sequence of the newest committed update; written only by sync.storage.store."
        ),
    )
    access_version = models.BigIntegerField(
        default=1,
        editable=False,
        help_text=gettext_lazy("Bumped by everything that changes who may do what on this board."),
    )
    disconnected_at_version = models.BigIntegerField(
        default=0,
        editable=False,
        help_text="Sockets admitted under an older access version were disconnected by an admin.",
    )
    widened_at_version = models.BigIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="At this access version its space let people in, and what was deleted before is "
        "still to be removed; 0 if it is not.",
    )

    # How often they changed, so that returning clients know whether to fetch the lists again.
    versions_changed = models.BigIntegerField(default=0, editable=False)
    comments_changed = models.BigIntegerField(default=0, editable=False)
    workshop_revision = models.BigIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="The revision of the workshop that goes on, or 0.",
    )

    # Stored bytes; updated by everything that writes or deletes them.
    document_bytes = models.BigIntegerField(
        default=0, editable=False, help_text="Updates and snapshots; written only by sync."
    )
    version_bytes = models.BigIntegerField(default=0, editable=False)
    image_bytes = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("-created_at",)
        indexes = (
            # Not of all boards: SQLite would take it to find those that are not in the trash, which
            # are nearly all, instead of those that a person has.
            models.Index(
                fields=("deleted_at",), condition=Q(deleted_at__isnull=False), name="board_in_trash"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(title=""),
                name="board_title_not_empty",
                violation_error_message=TITLE_MISSING_MESSAGE,
            ),
            models.CheckConstraint(
                condition=Q(head_seq__gte=0),
                name="board_head_seq_not_negative",
                violation_error_message="The head sequence of a board cannot be negative.",
            ),
            models.CheckConstraint(
                condition=Q(folder__isnull=True) | Q(space__isnull=False),
                name="board_folder_in_space",
                violation_error_message="A board in a folder is in the space of the folder.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_trashed(self) -> bool:
        return self.deleted_at is not None

    @property
    def stored_bytes(self) -> int:
        """Document, versions and images together."""
        return self.document_bytes + self.version_bytes + self.image_bytes

    @property
    def is_locked(self) -> bool:
        """Whether everyone except the owner may only look and comment."""
        return self.locked_at is not None


class BoardPermission(models.Model):
    """The level of one subject: a user, a group, or everyone with the link (`is_public`).

    The owner never has one; `boards.sharing.permissions` refuses to write it.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="permissions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="board_permissions",
        help_text=gettext_lazy("Empty for a group and for the public link."),
    )
    group = models.ForeignKey(
        "auth.Group",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="board_permissions",
        help_text=gettext_lazy("Everybody in this group."),
    )
    level = models.CharField(max_length=8, choices=PermissionLevel)
    is_public = models.BooleanField(default=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """The database enforces what it can."""

        constraints = (
            models.UniqueConstraint(
                fields=("board",),
                condition=Q(is_public=True),
                name="permission_one_public_per_board",
                violation_error_message=gettext_lazy("This board already has a public link."),
            ),
            models.UniqueConstraint(
                fields=("board", "user"),
                condition=Q(user__isnull=False),
                name="permission_one_per_user",
                violation_error_message=gettext_lazy(
                    "This user already has a level on this board."
                ),
            ),
            models.UniqueConstraint(
                fields=("board", "group"),
                condition=Q(group__isnull=False),
                name="permission_one_per_group",
                violation_error_message=gettext_lazy(
                    "This group already has a level on this board."
                ),
            ),
            models.CheckConstraint(
                condition=Q(is_public=True, user__isnull=True, group__isnull=True)
                | Q(is_public=False, user__isnull=False, group__isnull=True)
                | Q(is_public=False, user__isnull=True, group__isnull=False),
                name="permission_exactly_one_subject",
                violation_error_message=(
                    "A permission is for one user or public or one group, never for two of them."
                ),
            ),
            models.CheckConstraint(
                condition=Q(level__in=PermissionLevel.values),
                name="permission_level_valid",
                violation_error_message=gettext_lazy("The level must be view, comment or edit."),
            ),
        )

    def __str__(self) -> str:
        subject = gettext("public link") if self.is_public else str(self.user or self.group)
        return f"{subject}: {self.get_level_display()}"

    @property
    def access_level(self) -> AccessLevel:
        return AccessLevel.parse(self.level)


class BoardFile(models.Model):
    """One image on a board. The row describes it, the bytes are at `path`."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="files")
    file_id = models.CharField(max_length=64, validators=[validate_file_id])
    mime = models.CharField(max_length=32)
    size_bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    is_withdrawn = models.BooleanField(
        default=False,
        editable=False,
        help_text=gettext_lazy("Deleted before others were let in: only for people who may edit."),
    )

    class Meta:
        """A file id names one image of one board for ever."""

        constraints = (
            models.UniqueConstraint(
                fields=("board", "file_id"),
                name="file_id_unique_per_board",
                violation_error_message=gettext_lazy("This board already has a file with this id."),
            ),
        )

    def __str__(self) -> str:
        return self.file_id

    @property
    def path(self) -> Path:
        return file_path(self.board_id, self.file_id)


def file_path(board_id: uuid.UUID, file_id: str) -> Path:
    """The path of a file's bytes. Raises `ValidationError` for a malformed id."""
    validate_file_id(file_id)
    return files_directory(board_id) / file_id


def files_directory(board_id: uuid.UUID) -> Path:
    """The directory of a board's files."""
    return Path(settings.CANVAS_FILES_DIR) / board_id.hex
