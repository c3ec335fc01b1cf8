"""Share links, and requests for access."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from boards.levels import AccessLevel
from boards.models.board import Board
from boards.models.levels import PermissionLevel
from boards.validators import validate_line

LABEL_MAX_LENGTH = 100
MESSAGE_MAX_LENGTH = 500


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def active(self, now: datetime | None = None) -> ShareLinkQuerySet:
        """Links that are neither revoked nor expired."""
        moment = now or timezone.now()
        is_current = Q(expires_at__isnull=True) | Q(expires_at__gt=moment)
        return self.filter(is_current, revoked_at__isnull=True)


class ShareLink(models.Model):
    """A link that gives a level to everyone who has it. The link itself only names this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="share_links")
    level = models.CharField(max_length=8, choices=PermissionLevel)
    label = models.CharField(max_length=LABEL_MAX_LENGTH, blank=True, validators=[validate_line])
    password_hash = models.CharField(max_length=255, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    use_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(level__in=PermissionLevel.values),
                name="share_link_level_valid",
                violation_error_message=gettext_lazy("The level must be view, comment or edit."),
            ),
        )

    def __str__(self) -> str:
        return self.label or self.get_level_display()

    @property
    def is_active(self) -> bool:
        """Whether it is neither revoked nor expired."""
        is_current = self.expires_at is None or self.expires_at > timezone.now()
        return is_current and self.revoked_at is None

    @property
    def access_level(self) -> AccessLevel:
        """The level of this row as an ordered value."""
        return AccessLevel.parse(self.level)

    @property
    def has_password(self) -> bool:
        return bool(self.password_hash)

    def is_password(self, password: str) -> bool:
        return check_password(password, self.password_hash)


class AccessRequest(models.Model):
    """Someone asks the owner for a level; answered once."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", gettext_lazy("Granted")
        DECLINED = "declined", gettext_lazy("Declined")

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="access_requests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_requests"
    )
    level = models.CharField(max_length=8, choices=PermissionLevel)
    message = models.CharField(
        max_length=MESSAGE_MAX_LENGTH, blank=True, validators=[validate_line]
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("board", "user"),
                condition=Q(resolved_at__isnull=True),
                name="access_request_one_open_per_user",
                violation_error_message=gettext_lazy("This person has asked already."),
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, outcome="")
                | Q(resolved_at__isnull=False, outcome__in=["granted", "declined"]),
                name="access_request_answered_once",
                violation_error_message="An answer has a time, and a time has an answer.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_level_display()}"
