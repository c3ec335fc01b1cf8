"""Tells open pages that a library changed. They ask what is in it: the event says nothing."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from boards.libraries.selectors import Place
from boards.models import LiveConnection
from boards.signals import board_event

MAX_PAGES = 1_000
"""Of one event. Pages that are not told ask when their library is opened."""
LIBRARIES = "libraries"


def tell_on_commit(place: Place) -> None:
    """Sends an event to the events sockets of everybody who has this library, after the commit."""
    transaction.on_commit(partial(_tell, place), robust=True)


def _tell(place: Place) -> None:
    people: dict[Any, set[int]] = defaultdict(set)
    rows = LiveConnection.objects.filter(user_id__in=_readers(place))
    for board_id, user_id in rows.values_list("board_id", "user_id").distinct()[:MAX_PAGES]:
        people[board_id].add(user_id)
    for board_id, some in people.items():
        event = {"type": LIBRARIES}
        board_event.send_robust(sender=None, board_id=board_id, event=event, people=sorted(some))


def _readers(place: Place) -> Any:
    everybody = User.objects.filter(is_active=True)
    if place.owner is not None:
        return everybody.filter(pk=place.owner.pk).values("pk")
    if place.space is None:
        return everybody.values("pk")
    given = Q(space_permissions__space=place.space) | Q(
        groups__space_permissions__space=place.space
    )
    return everybody.filter(given | Q(pk=place.space.owner_id)).values("pk")
