"""Relative times, as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext_lazy

register = template.Library()

DAY = timedelta(days=1)
# Whole phrases, because other languages inflect the units.
UNITS = (
    (365 * DAY, ngettext_lazy("%(n)d year ago", "%(n)d years ago", "n")),
    (30 * DAY, ngettext_lazy("%(n)d month ago", "%(n)d months ago", "n")),
    (7 * DAY, ngettext_lazy("%(n)d week ago", "%(n)d weeks ago", "n")),
    (DAY, ngettext_lazy("%(n)d day ago", "%(n)d days ago", "n")),
    (timedelta(hours=1), ngettext_lazy("%(n)d hour ago", "%(n)d hours ago", "n")),
    (timedelta(minutes=1), ngettext_lazy("%(n)d minute ago", "%(n)d minutes ago", "n")),
)


@register.filter
def ago(moment: datetime) -> str:
    """`just now` within the last minute, else `5 minutes ago` in the largest unit that fits."""
    age = timezone.now() - moment
    for unit, phrase in UNITS:
        if age >= unit:
            return phrase % {"n": age // unit}
    return gettext("just now")
