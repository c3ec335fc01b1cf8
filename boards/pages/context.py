"""What every page says of who it is for, so that a browser keeps boards for nobody else."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone


class Holder(TypedDict):
    """Whom a browser keeps boards for, as `data-` attributes of the page."""

    person: str
    """Empty for somebody who is not signed in."""
    keep_until: int
    """When what is kept opens no more without the network; seconds since 1970, rounded up."""
    keep_days: int
    """How long a copy that nobody opens stays."""


def holder(request: HttpRequest) -> dict[str, Holder]:
    """A context processor: copies open for the length of the session, and so many days at most."""
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
