"""Limits how often somebody changes what is theirs: each change leaves a row in the audit log."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext

from accounts.limits.throttle import Limit, refuse_beyond


def count_change(user: User) -> None:
    """Counts one. Raises `RefusalError` after CANVAS_ACCOUNT_CHANGES_PER_HOUR."""
    refuse_beyond(
        gettext("This was changed too often. Try again later."),
        Limit("account_change", (str(user.pk),), settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR, 3600),
    )
