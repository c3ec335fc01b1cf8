"""Webhooks: addresses of programs that are told what happens on boards, and what was sent there."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

NAME_MAX_LENGTH = 100
HOST_MAX_LENGTH = 270


class WebhookEvent(models.TextChoices):
    """What happened. Programs read the words: never rename one."""

    CREATED = "board.created", gettext_lazy("A board is created")
    SHARED = "board.shared", gettext_lazy("A board is shared, or with more rights")
    COMMENTED = "board.commented", gettext_lazy("Somebody comments")
    CHANGED = "board.changed", gettext_lazy("A drawing changes")
    TEST = "webhook.test", gettext_lazy("A test that you asked for")


class WebhookProblem(models.TextChoices):
    """Why an attempt failed, or why a webhook is off."""

    NONE = "", ""
    STATUS = "status", gettext_lazy("the answer was no success")
    REDIRECT = "redirect", gettext_lazy("it redirects elsewhere, which is not followed")
    GONE = "gone", gettext_lazy("it says that it is gone for good (410)")
    TIMEOUT = "timeout", gettext_lazy("no answer in time")
    CONNECTION = "connection", gettext_lazy("no connection")
    CERTIFICATE = "certificate", gettext_lazy("its certificate is not valid")
    NAME = "name", gettext_lazy("its name can't be found")
    ADDRESS = "address", gettext_lazy("its address is in a network that webhooks may not call")
    PLAIN = "plain", gettext_lazy("it has no https")
    SEALED = "sealed", gettext_lazy("the server has another key than when this was made")
    FAILING = "failing", gettext_lazy("it failed for days")
    OWNER = "owner", gettext_lazy("switched off by hand")


class DeliveryState(models.TextChoices):
    """How a message stands. One that failed may be tried again: then it has a next time."""

    WAITING = "waiting", gettext_lazy("waiting")
    DELIVERED = "delivered", gettext_lazy("delivered")
    FAILED = "failed", gettext_lazy("failed")
    DROPPED = "dropped", gettext_lazy("dropped")


class Webhook(models.Model):
    """Where one person's programs listen.

    It tells of boards that the person owns and of those in spaces that they own. Address and secret
    are sealed: an address can be a secret too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    host = models.CharField(
        max_length=HOST_MAX_LENGTH, help_text=gettext_lazy("Of the address, to show it.")
    )
    sealed_url = models.TextField(editable=False)
    sealed_secret = models.TextField(editable=False)
    sealed_old_secret = models.TextField(
        blank=True, default="", db_default="", editable=False, help_text="Before the last change."
    )
    old_secret_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text=gettext_lazy("Until then messages carry its signature too."),
    )
    events = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    not_before = models.DateTimeField(
        default=timezone.now,
        help_text=gettext_lazy("Nobody sends to it before: it is in use, or has failed."),
    )
    changes_since = models.DateTimeField(
        default=timezone.now,
        help_text=gettext_lazy("Changes of drawings after this moment are not told yet."),
    )
    failures = models.PositiveIntegerField(default=0, help_text=gettext_lazy("In a row."))
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(
        max_length=12, blank=True, choices=WebhookProblem, help_text=gettext_lazy("Why it is off.")
    )

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return f"{self.name} ({self.host})"


class WebhookDelivery(models.Model):
    """One message for one webhook, and how its last attempt ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20, choices=WebhookEvent)
    place = models.UUIDField(null=True, help_text="The board.")
    payload = models.TextField(help_text="What is sent, byte for byte.")
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, help_text="Of the next attempt; empty if none is.")
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status of the answer.")
    duration_ms = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=12, blank=True, choices=WebhookProblem)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("webhook", "-created_at"), name="webhook_delivery_newest"),
            models.Index(
                fields=("due_at",),
                condition=Q(due_at__isnull=False),
                name="webhook_delivery_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} for {self.webhook_id}"

    @property
    def is_delivered(self) -> bool:
        return self.tries > 0 and not self.problem

    @property
    def state(self) -> DeliveryState:
        """How it stands."""
        if self.is_delivered:
            return DeliveryState.DELIVERED
        if self.tries:
            return DeliveryState.FAILED
        return DeliveryState.WAITING if self.due_at is not None else DeliveryState.DROPPED

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that receivers know what they have had."""
        return f"msg_{self.id.hex}"
