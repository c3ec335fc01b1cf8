"""Groups what is unread into one mail a person, and sends it.

A mail is claimed by one conditional write before it is sent, so that each is sent by one process. A
process that dies in between leaves a claim that ends after some minutes: rather twice than never.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from accounts.limits.throttle import Limit, count_event
from accounts.mail import is_address_known, is_mail_configured, public_address
from accounts.models import Notification, Profile
from accounts.notifications.descriptions import Described, described
from accounts.notifications.stop_links import stop_key

logger = logging.getLogger(__name__)

AT_ONCE = 100
"""Mails in one round."""
IN_ONE_MAIL = 20
CLAIM = timedelta(minutes=10)
MAX_TRIES = 12
LONGEST_PAUSE = timedelta(hours=6)
SUBJECT_LENGTH = 150


class Round(NamedTuple):
    """What one round did."""

    sent: int
    is_server_down: bool


def send_due_mail() -> Round:
    """Sends the mails that are due. Never raises for a mail that the server refuses."""
    if not is_mail_configured() or not is_address_known():
        return Round(0, is_server_down=False)
    due = Notification.objects.order_by().filter(mail_after__lte=timezone.now())
    sent = 0
    for reader in User.objects.filter(pk__in=due.values("reader"))[:AT_ONCE]:
        try:
            sent += _send_to(reader)
        except OSError as error:  # nobody listens, or the connection is lost: the next would wait
            logger.error("mail: the mail server does not answer: %s", type(error).__name__)
            return Round(sent, is_server_down=True)
    return Round(sent, is_server_down=False)


def _send_to(reader: User) -> bool:
    """Sends one mail about everything that waits. Raises `OSError` if there is no mail server."""
    claim = timezone.now() + CLAIM
    mine = Notification.objects.filter(reader=reader, mail_after=claim)
    if not _claim(reader, claim):
        return False
    rows = list(mine)
    failed: Exception | None = None
    try:
        message = notification_mail(reader, rows)
        if message is not None:
            full = count_event(
                Limit("mail", (str(reader.pk),), settings.CANVAS_MAILS_PER_HOUR, 3600)
            )
            if full is not None:
                mine.update(mail_after=timezone.now() + timedelta(seconds=full.seconds))
                return False
            message.send()
    except Exception as error:  # noqa: BLE001 - of the mail server, about this mail
        failed = error
    if failed is None:
        mine.update(mail_after=None)
        return message is not None
    _put_off(rows)
    # No address, and nothing of the mail.
    logger.error("mail: a notification was not sent: %s", type(failed).__name__)
    if _is_server_down(failed):
        raise failed
    return False


def _is_server_down(error: Exception) -> bool:
    """Whether the next mail would fail too. What the server says about one mail is an `OSError`
    for smtplib as well.
    """
    if isinstance(error, SMTPException):
        return isinstance(error, SMTPServerDisconnected | SMTPConnectError)
    return isinstance(error, OSError)


def _claim(reader: User, until: datetime) -> bool:
    """Claims what is due for a reader, and with it what is not due yet."""
    waiting = Notification.objects.filter(reader=reader, mail_after__isnull=False)
    taken = {"mail_after": until, "mail_tries": F("mail_tries") + 1}
    if not waiting.filter(mail_after__lte=timezone.now()).update(**taken):
        return False
    # What another process has claimed is due later than anything that waits.
    soon = timezone.now() + timedelta(seconds=settings.CANVAS_MAIL_WAIT_SECONDS)
    waiting.filter(mail_after__lte=soon, mail_tries=0).update(**taken)
    return True


def _put_off(rows: Sequence[Notification]) -> None:
    for row in rows:
        pause = min(timedelta(minutes=2**row.mail_tries), LONGEST_PAUSE)
        row.mail_after = timezone.now() + pause if row.mail_tries < MAX_TRIES else None
    Notification.objects.bulk_update(rows, ["mail_after"])


def notification_mail(reader: User, rows: Sequence[Notification]) -> EmailMultiAlternatives | None:
    """The mail about these, in the reader's language; None if nothing is left to tell."""
    profile = Profile.objects.filter(pk=reader.pk).first()
    language = profile.language if profile and profile.language else settings.LANGUAGE_CODE
    with translation.override(language):
        items = described(reader, [row for row in rows if row.read_at is None])
        if not items or not reader.email or not reader.is_active:
            return None
        context = _context(reader, items)
        message = EmailMultiAlternatives(
            subject=_subject(items),
            body=render_to_string("account/email/notifications.txt", context),
            to=[reader.email],
            headers=_headers(context["stop_all"]),
        )
        message.attach_alternative(
            render_to_string("account/email/notifications.html", context), "text/html"
        )
    return message


def _context(reader: User, items: Sequence[Described]) -> dict[str, object]:
    kinds = {item.row.kind: item.row.get_kind_display() for item in items}
    stop = f"{public_address(reverse('notifications-stop'))}?key="
    return {
        "items": [
            {"words": one.words, "address": public_address(one.words.url)}
            for one in items[:IN_ONE_MAIL]
        ],
        "more": max(0, len(items) - IN_ONE_MAIL),
        "all_address": public_address(reverse("notifications")),
        "stop_all": f"{stop}{stop_key(reader)}",
        "stops": [
            {"words": str(words), "address": f"{stop}{stop_key(reader, kind)}"}
            for kind, words in kinds.items()
        ],
    }


def _subject(items: Sequence[Described]) -> str:
    if len(items) == 1:
        text = items[0].words.text.removesuffix(".")
    else:
        places = sorted({item.words.place_name for item in items})
        n = len(items)
        if len(places) == 1:
            text = gettext("%(n)d things happened on “%(board)s”") % {"n": n, "board": places[0]}
        else:
            count = len(places)
            text = ngettext("News from %(n)d board", "News from %(n)d boards", count)
            text %= {"n": count}
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"


def _headers(stop_all: object) -> dict[str, str]:
    return {
        "List-Unsubscribe": f"<{stop_all}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
