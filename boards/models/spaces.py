"""Spaces: named places for boards, their members, their folders, and what a person marks."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from boards.levels import AccessLevel
from boards.models.levels import PermissionLevel
from boards.validators import validate_line

SPACE_NAME_MAX_LENGTH = 100
NAME_MISSING_MESSAGE = gettext_lazy("Type a name.")


class Space(models.Model):
    """A place for boards. Every board in it inherits its permissions; its owner may edit them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        max_length=SPACE_NAME_MAX_LENGTH,
        validators=[validate_line],
        error_messages={"blank": NAME_MISSING_MESSAGE},
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="owned_spaces"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="space_name_not_empty",
                violation_error_message=NAME_MISSING_MESSAGE,
            ),
        )

    def __str__(self) -> str:
        return self.name


class SpacePermission(models.Model):
    """The level of one person or group on all boards of a space.

    The owner never has one; `boards.spaces.members` refuses to write it.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="permissions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="space_permissions",
    )
    group = models.ForeignKey(
        "auth.Group",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="space_permissions",
    )
    level = models.CharField(max_length=8, choices=PermissionLevel)
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
        constraints = (
            models.UniqueConstraint(
                fields=("space", "user"),
                condition=Q(user__isnull=False),
                name="space_permission_one_per_user",
            ),
            models.UniqueConstraint(
                fields=("space", "group"),
                condition=Q(group__isnull=False),
                name="space_permission_one_per_group",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, group__isnull=True)
                | Q(user__isnull=True, group__isnull=False),
                name="space_permission_exactly_one_subject",
                violation_error_message="A permission is for one person or for one group.",
            ),
            models.CheckConstraint(
                condition=Q(level__in=PermissionLevel.values),
                name="space_permission_level_valid",
                violation_error_message=gettext_lazy("The level must be view, comment or edit."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user or self.group}: {self.get_level_display()}"

    @property
    def access_level(self) -> AccessLevel:
        return AccessLevel.parse(self.level)


class Folder(models.Model):
    """A folder of a space. It only sorts boards: it has no permissions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="folders")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="folders"
    )
    name = models.CharField(
        max_length=SPACE_NAME_MAX_LENGTH,
        validators=[validate_line],
        error_messages={"blank": NAME_MISSING_MESSAGE},
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="folder_name_not_empty",
                violation_error_message=NAME_MISSING_MESSAGE,
            ),
        )

    def __str__(self) -> str:
        return self.name


class BoardStar(models.Model):
    """Someone marked a board."""

    board = models.ForeignKey("boards.Board", on_delete=models.CASCADE, related_name="stars")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="board_stars"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "board"), name="star_one_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.board}"


class BoardOpening(models.Model):
    """When someone last opened a board, for their list of recent ones."""

    board = models.ForeignKey("boards.Board", on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="board_openings"
    )
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "board"), name="opening_one_per_person"),
        )
        indexes = (models.Index(fields=("user", "-opened_at"), name="opening_user_newest"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.board}"
