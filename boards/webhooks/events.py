"""Writes the messages of what happens, in the transaction in which it happens."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from audit.actions import AuditAction
from audit.actor import Actor
from boards.levels import AccessLevel
from boards.models import Board, Comment, Webhook, WebhookDelivery, WebhookEvent
from boards.signals import board_recorded
from boards.webhooks.payloads import actor_in, board_in, payload_of
from boards.webhooks.reach import webhooks_told_of

logger = logging.getLogger(__name__)

MAX_WAITING = 1000
"""Messages that wait for one webhook. Further ones are dropped, and the log says so."""
_GIVEN = (AuditAction.PERMISSION_CHANGE, AuditAction.PUBLIC_ACCESS_CHANGE)
_BY_LINK = {
    AuditAction.SHARE_LINK_CREATE: "link",
    AuditAction.INVITATION_CREATE: "invitation",
}


@receiver(board_recorded)
def tell_of_record(
    action: AuditAction,
    board: Board,
    by: Actor,
    level: str,
    data: dict[str, Any],
    target_user: User | None,
    **kwargs: Any,
) -> None:
    """A board was created or shared."""
    if action == AuditAction.ROOM_CREATE:
        _tell(board, WebhookEvent.CREATED, {"by": actor_in(by)})
    elif action in _BY_LINK:
        given = {"kind": _BY_LINK[action], "level": level}
        _tell(board, WebhookEvent.SHARED, {"by": actor_in(by), "with": given})
    elif action in _GIVEN and _is_more(data):
        given = {"kind": data.get("subject", ""), "level": level}
        if target_user is not None:
            given["username"] = target_user.get_username()
        if "group" in data:
            given["group"] = data["group"]
        _tell(board, WebhookEvent.SHARED, {"by": actor_in(by), "with": given})


@receiver(post_save, sender=Comment)
def tell_of_comment(instance: Comment, created: bool, **kwargs: Any) -> None:
    """Somebody commented. What they wrote is not said."""
    if not created or kwargs.get("raw"):
        return
    thread = instance.thread
    author = instance.author.get_username() if instance.author is not None else None
    written = {
        "id": str(instance.pk),
        "thread_id": str(thread.pk),
        "author": {"username": author, "name": instance.author_name},
    }
    _tell(thread.board, WebhookEvent.COMMENTED, {"comment": written})


def _is_more(data: dict[str, Any]) -> bool:
    old, new = (str(data.get(name, AccessLevel.NONE.label)) for name in ("old", "new"))
    return AccessLevel.parse(new) > AccessLevel.parse(old)


def _tell(board: Board, event: WebhookEvent, data: dict[str, Any]) -> None:
    webhooks = [one for one in webhooks_told_of(board) if event in one.events]
    if webhooks:
        payload = payload_of(event, {"board": board_in(board), **data})
        for webhook in sorted(webhooks, key=lambda one: one.pk):  # the order of their locks
            message_write(webhook, event, payload, board)


def message_write(
    webhook: Webhook, event: WebhookEvent, payload: str, board: Board | None = None
) -> WebhookDelivery | None:
    """Puts a message into the queue of a webhook; None if that is full, or the webhook is gone."""
    place = board.pk if board is not None else None
    with transaction.atomic():
        # Not deleted before the message is there: PostgreSQL would refuse what it tells of.
        kept = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook.pk)
        if not kept.values_list("pk").first() or not has_place(webhook):
            return None
        return WebhookDelivery.objects.create(
            webhook=webhook, event=event, place=place, payload=payload, due_at=timezone.now()
        )


def has_place(webhook: Webhook) -> bool:
    """Whether another message may wait for it."""
    if webhook.deliveries.filter(due_at__isnull=False).count() < MAX_WAITING:
        return True
    logger.warning("webhooks: %d messages wait for %s; one is dropped", MAX_WAITING, webhook.pk)
    return False
