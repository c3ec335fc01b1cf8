"""Writes notifications, and marks them as read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import Notification, UnwantedMail
from accounts.models.notifications import ACTOR_MAX_LENGTH

MAX_KEPT = 500
"""Of one person. Older ones go."""
MAX_READERS = 1_000
"""Of one event: a group may be larger than anybody who writes knows."""
MORE_FOR_A_DAY = 100
"""More than are kept may stand until the daily job, so that not each event looks for old ones."""
FEW_READERS = 50
KEPT_DAYS = 90

notified = Signal()
"""People have something new, or have read something. Keyword: `user_ids` (list). Sent after the
commit."""


class News(NamedTuple):
    """What happened, without its words."""

    kind: Notification.Kind
    place: UUID
    about: str = ""
    actor: User | None = None
    actor_name: str = ""


@transaction.atomic
def notify(readers: Iterable[User], news: News, *, is_mailed: bool = True) -> None:
    """Tells people something, except the one who did it. The same again is new again.

    With `is_mailed` by mail too, if they want that. Call it in the transaction of what happened.
    """
    actor_id = news.actor.pk if news.actor else None
    wanted = {one.pk: one for one in readers if one.is_active and one.pk != actor_id}
    ids = sorted(wanted)[:MAX_READERS]
    if not ids:
        return
    unwanted = set(
        UnwantedMail.objects.filter(user__in=ids, kind=news.kind).values_list("user_id", flat=True)
    )
    now = timezone.now()
    due = now + timedelta(seconds=_mail_wait_seconds(news.kind))
    Notification.objects.bulk_create(
        [
            Notification(
                reader_id=pk,
                kind=news.kind,
                place=news.place,
                about=news.about,
                actor=news.actor,
                actor_name=news.actor_name[:ACTOR_MAX_LENGTH],
                created_at=now,
                mail_after=due if is_mailed and wanted[pk].email and pk not in unwanted else None,
            )
            for pk in ids
        ],
        update_conflicts=True,
        unique_fields=["reader", "kind", "place", "about"],
        update_fields=[
            *("actor", "actor_name", "created_at", "read_at", "mail_after", "mail_tries"),
        ],
    )
    if len(ids) <= FEW_READERS:  # of larger groups, nobody can tell very often
        _remove_surplus(Notification.objects.filter(reader__in=ids), MAX_KEPT + MORE_FOR_A_DAY)
    _tell(ids)


@transaction.atomic
def withdraw(kind: Notification.Kind, place: UUID, about: str = "") -> None:
    """Removes what is settled for everyone, a request that somebody answered, say."""
    rows = Notification.objects.filter(kind=kind, place=place, about=about)
    ids = list(rows.values_list("reader_id", flat=True))
    if ids:
        rows.delete()
        _tell(ids)


@transaction.atomic
def mark_read(user: User, ids: Collection[int] | None = None, place: UUID | None = None) -> int:
    """Marks these as read, or those about one place, or all; returns how many were unread."""
    rows = Notification.objects.filter(reader=user, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    if place is not None:
        rows = rows.filter(place=place)
    count = rows.update(read_at=timezone.now(), mail_after=None)
    if count:
        _tell([user.pk])
    return count


def unread_count(user: User) -> int:
    """How many are unread."""
    return Notification.objects.filter(reader=user, read_at=None).count()


def prune() -> int:
    """Removes old notifications, and those beyond the number that is kept of each person."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    removed, _ = Notification.objects.filter(created_at__lt=old).delete()
    return removed + _remove_surplus(Notification.objects.all(), MAX_KEPT)


def _remove_surplus(rows: QuerySet[Notification], limit: int) -> int:
    """Of readers with more than `limit` only the newest `MAX_KEPT` stay; returns how many went."""
    counts = rows.order_by().values("reader").annotate(n=Count("pk")).filter(n__gt=limit)
    removed = 0
    for reader_id in list(counts.values_list("reader", flat=True)):
        of_reader = Notification.objects.filter(reader_id=reader_id)
        kept = of_reader.values_list("pk", flat=True)[:MAX_KEPT]
        removed += of_reader.exclude(pk__in=list(kept)).delete()[0]
    return removed


def _mail_wait_seconds(kind: Notification.Kind) -> int:
    """Someone who waits for access waits for the mail too; what is said in a row is one mail."""
    return 0 if kind == Notification.Kind.REQUEST else int(settings.CANVAS_MAIL_WAIT_SECONDS)


def _tell(ids: list[int]) -> None:
    transaction.on_commit(partial(notified.send_robust, sender=None, user_ids=ids))
