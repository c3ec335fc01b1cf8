"""Makes, changes and deletes webhooks, with an audit row of each. Rows name the host alone: the
rest of an address can be a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.limits.changes import count_change
from accounts.limits.throttle import Limit, refuse_beyond
from accounts.sealing import seal, unseal
from audit.actions import AuditAction
from audit.actor import SYSTEM, Actor
from audit.services import audit_record
from boards.models import Webhook, WebhookDelivery, WebhookEvent, WebhookProblem
from boards.quotas.checks import require_place_for_webhook
from boards.webhooks.addresses import NoAddressError, Target, target_of
from boards.webhooks.events import message_write
from boards.webhooks.payloads import payload_of
from boards.webhooks.signing import new_secret

CHOICES = [event for event in WebhookEvent if event is not WebhookEvent.TEST]
"""What one may be told of."""
_URL, _SECRET = "webhook address", "webhook secret"


@transaction.atomic
def webhook_create(
    *, owner: User, name: str, url: str, events: Sequence[WebhookEvent], by: Actor
) -> tuple[Webhook, str]:
    """A new webhook, and its secret, which nobody can show again.

    Raises:
        ValidationError: the address is none.
        QuotaError: the person has CANVAS_MAX_WEBHOOKS_PER_PERSON.
        RefusalError: they change too much.
    """
    require_place_for_webhook(owner)
    try:
        target = target_of(url)
    except NoAddressError:
        raise ValidationError({"url": gettext("This is not the address of a program.")}) from None
    secret = new_secret()
    webhook = Webhook.objects.create(
        owner=owner,
        name=name,
        host=target.authority,
        sealed_url=seal(url, _URL),
        sealed_secret=seal(secret, _SECRET),
        events=[event.value for event in events],
    )
    count_change(by)
    _record(AuditAction.WEBHOOK_CREATE, webhook, by)
    return webhook, secret


@transaction.atomic
def webhook_renew_secret(*, webhook: Webhook, by: Actor) -> str:
    """A new secret, which nobody can show again. The one before signs messages too for
    CANVAS_WEBHOOK_OLD_SECRET_HOURS; one before that ends now.
    """
    current = _locked(webhook)
    secret = new_secret()
    hours = settings.CANVAS_WEBHOOK_OLD_SECRET_HOURS
    current.sealed_old_secret = current.sealed_secret if hours else ""
    current.old_secret_until = timezone.now() + timedelta(hours=hours) if hours else None
    current.sealed_secret = seal(secret, _SECRET)
    current.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
    _record_change(current, by, is_secret_new=True)
    return secret


def opened(webhook: Webhook) -> tuple[Target, list[str]]:
    """Its address and the secrets that sign its messages, the newest first. Raises `SealError`."""
    sealed = [webhook.sealed_secret]
    if old_secret_until(webhook) is not None:
        sealed.append(webhook.sealed_old_secret)
    url = unseal(webhook.sealed_url, _URL)
    return target_of(url), [unseal(one, _SECRET) for one in sealed]


def old_secret_until(webhook: Webhook) -> datetime | None:
    """Until when the secret before signs messages too; None if it does not."""
    until = webhook.old_secret_until
    return until if until is not None and until > timezone.now() else None


def old_secret_forget(webhook: Webhook) -> None:
    """Deletes the secret before, once it signs nothing any more."""
    over = Webhook.objects.filter(pk=webhook.pk, old_secret_until__lte=timezone.now())
    over.update(sealed_old_secret="", old_secret_until=None)


def url_of(webhook: Webhook) -> str:
    """The whole address, for its owner. Raises `SealError`."""
    return unseal(webhook.sealed_url, _URL)


@transaction.atomic
def webhook_choose(*, webhook: Webhook, events: Sequence[WebhookEvent], by: Actor) -> None:
    """Sets what it is told of."""
    current = _locked(webhook)
    chosen = [event.value for event in events]
    if current.events == chosen:
        return
    if WebhookEvent.CHANGED in events and WebhookEvent.CHANGED not in current.events:
        current.changes_since = timezone.now()
    current.events = chosen
    current.save(update_fields=["events", "changes_since"])
    _record_change(current, by)


@transaction.atomic
def webhook_switch(
    *,
    webhook: Webhook,
    is_on: bool,
    by: Actor = SYSTEM,
    problem: WebhookProblem = WebhookProblem.OWNER,
) -> None:
    """Switches it on or off. What waits while it is off is dropped: it is on again for what
    happens from then on.
    """
    current = _locked(webhook)
    if is_on == (current.disabled_at is None):
        return
    now = timezone.now()
    current.disabled_at = None if is_on else now
    current.problem = "" if is_on else problem
    current.failures, current.failing_since = 0, None
    current.not_before = current.changes_since = now
    fields = ("disabled_at", "problem", "failures", "failing_since", "not_before", "changes_since")
    current.save(update_fields=fields)
    current.deliveries.filter(due_at__isnull=False).update(due_at=None)
    _record_change(current, by, is_on=is_on, problem=current.problem)


@transaction.atomic
def webhook_delete(*, webhook: Webhook, by: Actor) -> None:
    """Deletes it with its messages."""
    kept = Webhook.objects.select_for_update().filter(pk=webhook.pk)
    if kept.first() is not None:  # locked, so that no message is written meanwhile
        kept.delete()
        _record(AuditAction.WEBHOOK_DELETE, webhook, by)


def webhook_test(webhook: Webhook) -> WebhookDelivery | None:
    """Sends a message that says nothing but that it works; None if too many wait."""
    payload = payload_of(WebhookEvent.TEST, {"webhook": {"name": webhook.name}})
    return message_write(webhook, WebhookEvent.TEST, payload)


def redeliver(delivery: WebhookDelivery) -> None:
    """Sends a message again, soon, with the same id."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now(), tries=0)


def count_asked(owner: User) -> None:
    """Counts a test or a repetition. Raises `RefusalError` after CANVAS_WEBHOOK_TESTS_PER_HOUR."""
    refuse_beyond(
        gettext("You have sent many tests. Try again later."),
        Limit("webhook_test", (str(owner.pk),), settings.CANVAS_WEBHOOK_TESTS_PER_HOUR, 3600),
    )


def _locked(webhook: Webhook) -> Webhook:
    return (
        Webhook.objects.select_for_update(of=("self",)).select_related("owner").get(pk=webhook.pk)
    )


def _record_change(webhook: Webhook, by: Actor, **data: object) -> None:
    """Raises `RefusalError` for people who change too much."""
    count_change(by)
    _record(AuditAction.WEBHOOK_UPDATE, webhook, by, **data)


def _record(action: AuditAction, webhook: Webhook, by: Actor, **data: object) -> None:
    audit_record(
        action=action,
        by=by,
        target_user=webhook.owner if by.user != webhook.owner else None,
        data={"name": webhook.name, "host": webhook.host, "events": webhook.events, **data},
    )
