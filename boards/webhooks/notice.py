"""Tells people, by the bell and by mail, that their webhook was switched off."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import Notification
from accounts.notifications.descriptions import Description, describes
from accounts.notifications.services import News, notify
from boards.models import Webhook


def tell_of_end(webhook: Webhook) -> None:
    """Call it in the transaction that switches the webhook off."""
    notify([webhook.owner], News(Notification.Kind.WEBHOOK, webhook.pk))


@describes(Notification.Kind.WEBHOOK)
def describe_webhooks(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """Webhooks of the reader that are off."""
    places = [row.place for row in rows]
    webhooks = Webhook.objects.filter(owner=reader, disabled_at__isnull=False).in_bulk(places)
    found: dict[int, Description] = {}
    for row in rows:
        webhook = webhooks.get(row.place)
        if webhook is not None:
            text = gettext("Your webhook “%(name)s” is off: %(problem)s.")
            values = {"name": webhook.name, "problem": webhook.get_problem_display()}
            address = reverse("account-webhook", args=[webhook.pk])
            found[row.pk] = Description(text % values, address, webhook.name)
    return found
