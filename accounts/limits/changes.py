"""Limits how often somebody changes what is theirs: each change leaves a row in the audit log."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext

from accounts.limits.throttle import Limit, refuse_beyond
from audit.actions import AuditVia
from audit.actor import Actor


def count_change(by: Actor) -> None:
    """Counts one. Raises `RefusalError` after CANVAS_ACCOUNT_CHANGES_PER_HOUR. What administrators
    and commands do is not limited."""
    if by.user is None or by.via == AuditVia.ADMIN or by.origin.command:
        return
    refuse_beyond(
        gettext("This was changed too often. Try again later."),
        Limit("account_change", (str(by.user.pk),), settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR, 3600),
    )
