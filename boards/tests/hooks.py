"""Webhooks, and what waits to be sent to them."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from audit.tests.actors import by
from boards.models import (
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from boards.webhooks.deliveries import send_due
from boards.webhooks.services import (
    CHOICES,
    webhook_create,
)

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


def hook(owner: User, url: str, *chosen: WebhookEvent) -> tuple[Webhook, str]:
    return webhook_create(owner=owner, name="CI", url=url, events=chosen or CHOICES, by=by(owner))


def again(webhook: Webhook) -> int:
    """As if the pauses were over."""
    past = timezone.now() - timedelta(seconds=1)
    Webhook.objects.filter(pk=webhook.pk).update(not_before=past)
    WebhookDelivery.objects.filter(due_at__isnull=False).update(due_at=past)
    return send_due(webhook)
