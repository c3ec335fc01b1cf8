"""The signed addresses in a mail by which its reader stops such mails without signing in.

They change nothing else, so they do not expire: a mail is read years later (RFC 8058).
"""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.models import User
from django.core import signing

from accounts.models import Notification, UnwantedMail

_SALT = "accounts.notifications.stop"
ALL = "all"
KEY_MAX_LENGTH = 200


class Stop(NamedTuple):
    """Whose mails about what."""

    user: User
    kind: str
    """A kind of notification, or `ALL`."""


def stop_key(user: User, kind: str = ALL) -> str:
    """The key of an address that stops mails about this kind, or about all."""
    return signing.dumps([user.pk, kind], salt=_SALT)


def stop_of_key(key: str) -> Stop | None:
    """What a key stops; None if nobody signed it, or the person is gone."""
    if len(key) > KEY_MAX_LENGTH:
        return None
    try:
        user_id, kind = signing.loads(key, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=user_id).first()
    return Stop(user, kind) if user is not None else None


def stop_mail(stop: Stop) -> None:
    """No more mails of these kinds, and none of those that wait."""
    kinds = Notification.Kind.values if stop.kind == ALL else [stop.kind]
    rows = [UnwantedMail(user=stop.user, kind=kind) for kind in kinds]
    UnwantedMail.objects.bulk_create(rows, ignore_conflicts=True)
    waiting = Notification.objects.filter(reader=stop.user, kind__in=kinds)
    waiting.update(mail_after=None)


def choose_mail(user: User, wanted: set[str]) -> None:
    """Sets the kinds that a person wants mail about."""
    for kind in Notification.Kind.values:
        if kind not in wanted:
            stop_mail(Stop(user, kind))
    UnwantedMail.objects.filter(user=user, kind__in=wanted).delete()


def wanted_kinds(user: User) -> set[str]:
    """The kinds that a person gets mail about."""
    unwanted = UnwantedMail.objects.filter(user=user).values_list("kind", flat=True)
    return set(Notification.Kind.values) - set(unwanted)
