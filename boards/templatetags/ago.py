"""Relative times, as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext

register = template.Library()

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK, MONTH, YEAR = 7 * DAY, 30 * DAY, 365 * DAY


@register.filter
def ago(moment: datetime) -> str:
    """`just now` within the last minute, else `5 minutes ago` in the largest unit that fits."""
    age = timezone.now() - moment
    # Whole phrases, because other languages inflect the units.
    if age < MINUTE:
        return gettext("just now")
    if age < HOUR:
        n = age // MINUTE
        text = ngettext("%(n)d minute ago", "%(n)d minutes ago", n)
    elif age < DAY:
        n = age // HOUR
        text = ngettext("%(n)d hour ago", "%(n)d hours ago", n)
    elif age < WEEK:
        n = age // DAY
        text = ngettext("%(n)d day ago", "%(n)d days ago", n)
    elif age < MONTH:
        n = age // WEEK
        text = ngettext("%(n)d week ago", "%(n)d weeks ago", n)
    elif age < YEAR:
        n = age // MONTH
        text = ngettext("%(n)d month ago", "%(n)d months ago", n)
    else:
        n = age // YEAR
        text = ngettext("%(n)d year ago", "%(n)d years ago", n)
    return text % {"n": n}
