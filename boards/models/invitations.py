"""Invitations to a board, by mail address."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from boards.levels import AccessLevel
from boards.models.board import Board
from boards.models.levels import PermissionLevel
from boards.validators import validate_line

EMAIL_MAX_LENGTH = 254


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime | None = None) -> InvitationQuerySet:
        """Those that somebody can still accept."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now or timezone.now())


class Invitation(models.Model):
    """The first person who opens its link and signs in or up gets a level on the board.

    It says nothing about whether an account has the address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=EMAIL_MAX_LENGTH, validators=[validate_line])
    level = models.CharField(max_length=8, choices=PermissionLevel)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("board", "email"),
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open_per_address",
            ),
            models.CheckConstraint(
                condition=Q(level__in=PermissionLevel.values),
                name="invitation_level_valid",
                violation_error_message=gettext_lazy("The level must be view, comment or edit."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.email}: {self.get_level_display()}"

    @property
    def is_open(self) -> bool:
        """Whether somebody can still accept it."""
        is_over = self.accepted_at is not None or self.revoked_at is not None
        return not is_over and self.expires_at > timezone.now()

    @property
    def access_level(self) -> AccessLevel:
        return AccessLevel.parse(self.level)
