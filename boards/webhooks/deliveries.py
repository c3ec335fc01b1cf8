"""Sends what is due, and puts off what failed.

A webhook is claimed by one conditional write before anything is sent to it, so one process sends
at a time. One that dies meanwhile leaves a claim that ends after some minutes: rather twice than
never.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.sealing import SealError
from boards.models import Webhook, WebhookDelivery, WebhookProblem
from boards.webhooks.changes import changes_note
from boards.webhooks.notice import tell_of_end
from boards.webhooks.reach import is_told_of
from boards.webhooks.sending import Outcome, post
from boards.webhooks.services import old_secret_forget, opened, webhook_switch
from boards.webhooks.signing import signed_headers

logger = logging.getLogger(__name__)

WORKERS = 8
"""Requests at the same time in one process, of different people."""
IN_ONE_GO = 20
GO_SECONDS = 30.0
CLAIM = timedelta(minutes=3)
PAUSES = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""Before each further attempt of a message, as the specification advises; a little longer by
chance."""
LONGEST_REST = timedelta(minutes=5)
"""Of a webhook that has failed: its next message waits, however many there are."""
KEPT_DAYS = 30
KEPT = 500
"""Messages of one webhook that are kept when they are done."""


class WebhookSender:
    """Sends beside the server. A person has one request at a time, so one whose receiver never
    answers makes nobody else wait.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[int] = set()

    @property
    def is_busy(self) -> bool:
        """Whether something is being sent."""
        with self._lock:
            return bool(self._busy)

    def look(self) -> None:
        """Starts what is due now, and does not wait for it."""
        changes_note()
        for webhook, owner_id in _due():
            with self._lock:
                if len(self._busy) >= WORKERS:
                    return
                if owner_id in self._busy:
                    continue
                self._busy.add(owner_id)
            name = "canvas-webhook"
            threading.Thread(
                target=self._send, args=(webhook, owner_id), name=name, daemon=True
            ).start()

    def _send(self, webhook: Webhook, owner_id: int) -> None:
        try:
            send_due(webhook)
        except DatabaseError:
            logger.exception("storage: cannot write how a webhook ended; trying again")
        except Exception:  # the next look must find the place free
            logger.exception("webhooks: something failed; trying again")
        finally:
            connection.close()
            with self._lock:
                self._busy.discard(owner_id)


def _due() -> list[tuple[Webhook, int]]:
    """Webhooks with something to send, the longest ready first; of each person one."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(due_at__lte=now).values("webhook")
    ready = Webhook.objects.filter(
        pk__in=due, disabled_at=None, not_before__lte=now, owner__is_active=True
    ).order_by("not_before", "pk")
    found: dict[int, Webhook] = {}
    for webhook in ready[: 10 * WORKERS]:
        found.setdefault(webhook.owner_id, webhook)
    return [(webhook, owner_id) for owner_id, webhook in found.items()]


def send_due(webhook: Webhook) -> int:
    """Sends what is due for one webhook, until something fails; returns how many were tried."""
    now = timezone.now()
    free = Webhook.objects.filter(pk=webhook.pk, disabled_at=None, not_before__lte=now)
    if not free.update(not_before=now + CLAIM):
        return 0
    tried, begun, rest = 0, time.monotonic(), timedelta()
    while tried < IN_ONE_GO and time.monotonic() - begun < GO_SECONDS:
        current = Webhook.objects.select_related("owner").filter(pk=webhook.pk).first()
        if current is None or current.disabled_at is not None or not current.owner.is_active:
            break
        delivery = (
            current.deliveries.filter(due_at__lte=timezone.now()).order_by("due_at", "pk").first()
        )
        if delivery is None:
            break
        if delivery.place is not None and not is_told_of(current.owner, delivery.place):
            delivery.delete()  # no longer theirs to tell
            continue
        tried += 1
        outcome = _attempt(current, delivery)
        _note(current, delivery, outcome)
        if outcome.problem:
            rest = min(timedelta(seconds=2 ** min(current.failures + 1, 20)), LONGEST_REST)
            break
    _forget(webhook)
    old_secret_forget(webhook)
    Webhook.objects.filter(pk=webhook.pk).update(not_before=timezone.now() + rest)
    return tried


def _attempt(webhook: Webhook, delivery: WebhookDelivery) -> Outcome:
    try:
        target, secrets = opened(webhook)
    except SealError:
        return Outcome(WebhookProblem.SEALED, 0)
    body = delivery.payload.encode()
    headers = signed_headers(secrets, delivery.message_id, int(time.time()), body)
    headers |= {"Content-Type": "application/json", "User-Agent": "Canvas-Webhooks/1"}
    return post(target, headers, body, seconds=settings.CANVAS_WEBHOOK_SECONDS)


@transaction.atomic
def _note(webhook: Webhook, delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Writes how it ended, and what follows for the message and the webhook."""
    now = timezone.now()
    tries = delivery.tries + 1
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        tries=tries,
        tried_at=now,
        status=outcome.status,
        duration_ms=outcome.duration_ms,
        problem=outcome.problem,
        due_at=_next(now, tries) if outcome.problem else None,
    )
    if not outcome.problem:
        if webhook.failures:
            Webhook.objects.filter(pk=webhook.pk).update(failures=0, failing_since=None)
        return
    since = webhook.failing_since or now
    Webhook.objects.filter(pk=webhook.pk).update(failures=F("failures") + 1, failing_since=since)
    is_long = now - since >= timedelta(days=settings.CANVAS_WEBHOOK_FAILING_DAYS)
    if is_long or outcome.problem in (WebhookProblem.GONE, WebhookProblem.SEALED):
        problem = WebhookProblem.FAILING if is_long else outcome.problem
        webhook_switch(webhook=webhook, is_on=False, problem=problem)
        tell_of_end(webhook)


def _next(now: datetime, tries: int) -> datetime | None:
    if tries > len(PAUSES):
        return None
    return now + PAUSES[tries - 1] * random.uniform(1, 1.1)  # noqa: S311  not for secrets


def _forget(webhook: Webhook) -> None:
    """Deletes old messages that are done."""
    done = webhook.deliveries.filter(due_at=None)
    done.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    surplus = list(done.order_by("-created_at", "-pk").values_list("pk", flat=True)[KEPT:])
    if surplus:
        WebhookDelivery.objects.filter(pk__in=surplus).delete()
