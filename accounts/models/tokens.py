"""Tokens by which programs act for a person."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

NAME_MAX_LENGTH = 100


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens, with those that are valid."""

    def valid(self) -> ApiTokenQuerySet:
        """Those that have not expired, of active accounts."""
        return self.filter(expires_at__gt=timezone.now(), user__is_active=True)


class ApiToken(models.Model):
    """A token for programs. The token itself is stored nowhere; revoking it deletes the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text=gettext_lazy("To the minute.")
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        """The newest first. A name says in the audit log which program it was."""

        ordering = ("-created_at", "pk")
        verbose_name = "token"
        constraints = (
            models.UniqueConstraint(fields=("user", "name"), name="accounts_token_name"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.user_id})"

    @property
    def is_expired(self) -> bool:
        return self.has_expired_at(timezone.now())

    def has_expired_at(self, moment: datetime) -> bool:
        return self.expires_at <= moment
