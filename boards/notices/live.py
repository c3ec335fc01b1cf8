"""Tells the open pages of people that there is something new, in every process."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.dispatch import receiver

from accounts.notifications.services import notified
from boards.models import LiveConnection
from boards.signals import board_event

MAX_PAGES = 1_000
"""Of one event. Pages that are not told ask again by themselves."""
NOTIFICATIONS = "notifications"


@receiver(notified)
def tell_pages(user_ids: list[int], **kwargs: Any) -> None:
    """Sends an event to the events sockets of these people, and to nobody else's."""
    people: dict[Any, set[int]] = defaultdict(set)
    rows = LiveConnection.objects.filter(user_id__in=user_ids)
    for board_id, user_id in rows.values_list("board_id", "user_id").distinct()[:MAX_PAGES]:
        people[board_id].add(user_id)
    for board_id, some in people.items():
        event = {"type": NOTIFICATIONS}
        board_event.send_robust(sender=None, board_id=board_id, event=event, people=sorted(some))
