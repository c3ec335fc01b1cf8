"""Notices changed drawings from what boards say of themselves: no update costs anything for it.

The first change is told at once; then a board is quiet for CANVAS_WEBHOOK_CHANGED_SECONDS, and what
changed meanwhile is one message.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone

from boards.models import Board, Webhook, WebhookDelivery, WebhookEvent
from boards.webhooks.events import has_place
from boards.webhooks.payloads import board_in, payload_of
from boards.webhooks.reach import boards_told_to

OVERLAP = timedelta(seconds=30)
"""A commit may become visible so much later than the time that it carries."""
AT_ONCE = 500
"""Boards of one webhook in one look."""


def changes_note() -> None:
    """Writes the messages about boards that changed since the last look."""
    by_owner: dict[User, list[Webhook]] = defaultdict(list)
    hooks = Webhook.objects.filter(disabled_at=None, owner__is_active=True)
    for webhook in hooks.select_related("owner"):
        if WebhookEvent.CHANGED in webhook.events:
            by_owner[webhook.owner].append(webhook)
    for owner, webhooks in by_owner.items():
        for webhook in webhooks:
            _note(webhook, owner)


def _note(webhook: Webhook, owner: User) -> None:
    now = timezone.now()
    since = webhook.changes_since
    changed = boards_told_to(owner).filter(last_activity_at__gt=since)
    boards = list(changed.select_related("owner").order_by("last_activity_at", "pk")[:AT_ONCE])
    quiet = _quiet_since(webhook, boards, now)
    told = WebhookDelivery.objects.filter(pk__in=[_id_of(webhook, board) for board in boards])
    known = set(told.values_list("pk", flat=True))
    until = now - OVERLAP
    for board in boards:
        if _id_of(webhook, board) in known:
            continue
        if board.pk in quiet:
            until = min(until, _before(board))
        else:
            _write(webhook, board)
    if len(boards) == AT_ONCE:
        until = min(until, _before(boards[-1]))
    if until > since:
        Webhook.objects.filter(pk=webhook.pk).update(changes_since=until)


def _before(board: Board) -> datetime:
    """Right before its last change, so that the next look finds it."""
    return (board.last_activity_at or board.created_at) - timedelta(milliseconds=1)


def _quiet_since(webhook: Webhook, boards: list[Board], now: datetime) -> set[UUID]:
    """Those of which it was told a moment ago."""
    begun = now - timedelta(seconds=settings.CANVAS_WEBHOOK_CHANGED_SECONDS)
    rows = webhook.deliveries.filter(
        event=WebhookEvent.CHANGED, place__in=[board.pk for board in boards]
    )
    lately = rows.values("place").annotate(at=Max("created_at")).filter(at__gt=begun)
    return {place for place in lately.values_list("place", flat=True) if place is not None}


def _write(webhook: Webhook, board: Board) -> None:
    """One row, whichever process writes it: its id follows from what it says."""
    if not has_place(webhook):
        return
    data = {"board": board_in(board), "seq": board.head_seq}
    row = WebhookDelivery(
        id=_id_of(webhook, board),
        webhook=webhook,
        event=WebhookEvent.CHANGED,
        place=board.pk,
        payload=payload_of(WebhookEvent.CHANGED, data, board.last_activity_at),
        due_at=timezone.now(),
    )
    WebhookDelivery.objects.bulk_create([row], ignore_conflicts=True)


def _id_of(webhook: Webhook, board: Board) -> UUID:
    return uuid.uuid5(webhook.pk, f"{board.pk} {board.head_seq}")
