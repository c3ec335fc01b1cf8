"""Who signed in where: what a session belongs to, and what ends every token of a person."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models

from audit.actions import AuditVia
from audit.origin import USER_AGENT_MAX_LENGTH

NAME_MAX_LENGTH = 255


class SignIn(models.Model):
    """A session of a person. It is deleted with its session."""

    session_key = models.CharField(max_length=40, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    via = models.CharField(max_length=8, choices=AuditVia)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ip_address = models.GenericIPAddressField(null=True)
    """Shortened or left out as `CANVAS_AUDIT_IP_MODE` says."""
    user_agent = models.CharField(max_length=USER_AGENT_MAX_LENGTH, blank=True)
    issuer = models.CharField(max_length=NAME_MAX_LENGTH, blank=True)
    """The identity provider, if one vouched for the person."""
    subject = models.CharField(max_length=NAME_MAX_LENGTH, blank=True)
    provider_session = models.CharField(max_length=NAME_MAX_LENGTH, blank=True)
    """The `sid` of its session there, by which it ends this one."""

    class Meta:
        indexes = [
            models.Index(fields=["issuer", "subject"], name="sign_in_subject"),
            models.Index(fields=["issuer", "provider_session"], name="sign_in_provider_session"),
        ]

    def __str__(self) -> str:
        return f"sign-in of user {self.user_id}"


class CredentialsEpoch(models.Model):
    """How often a person ended everything at once. Access tokens carry it. No row is 0."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="credentials_epoch"
    )
    number = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"epoch {self.number} of user {self.user_id}"
