"""Tells each page who it is for, so that a browser keeps boards for nobody else."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone


class Holder(TypedDict):
    """Who a browser keeps boards for, as `data-` attributes of the page."""

    person: str
    """Empty if nobody is signed in."""
    keep_until: int
    """When kept boards can't be opened offline any more; seconds since 1970, rounded up."""
    keep_days: int
    """How long a copy is kept that nobody opens."""


def path_prefix(request: HttpRequest) -> dict[str, str]:
    """A context processor: the path below which everything is served, for scripts."""
    return {"path_prefix": settings.CANVAS_PATH_PREFIX}


def holder(request: HttpRequest) -> dict[str, Holder]:
    """A context processor: copies can be opened as long as the session lasts, up to so many
    days."""
    keep_until = timezone.now() + timedelta(days=settings.CANVAS_OFFLINE_DAYS)
    user = getattr(request, "user", None)
    person = ""
    if isinstance(user, User) and user.pk is not None:
        person = str(user.pk)
        keep_until = min(keep_until, request.session.get_expiry_date())
    until = math.ceil(keep_until.timestamp())
    return {
        "holder": Holder(person=person, keep_until=until, keep_days=settings.CANVAS_OFFLINE_DAYS)
    }
