"""Accounts for programs alone."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

PURPOSE_MAX_LENGTH = 200


class ServiceAccount(models.Model):
    """Says of an account that it is for programs: nobody signs in with it, and its tokens are made
    by administrators.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="service_account"
    )
    purpose = models.CharField(
        max_length=PURPOSE_MAX_LENGTH,
        blank=True,
        help_text=gettext_lazy("What it is for, and whom to ask."),
    )
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "service account"
        ordering = ("user__username",)

    def __str__(self) -> str:
        return self.user.get_username()
