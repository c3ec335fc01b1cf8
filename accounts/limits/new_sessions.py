"""Limits the sessions that strangers begin: each is a row for days."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.limits.throttle import Limit, refuse_beyond
from audit.origin import client_network_of

NEW_SESSIONS_SECONDS = 3600


def count_new_session(request: HttpRequest) -> None:
    """Call it before something is kept in the session of somebody who may have none.

    Raises `RefusalError` if too many came from their network.
    """
    if not request.session.is_empty():
        return
    network = client_network_of(request)
    limit = Limit(
        "new_session", (network,), settings.CANVAS_NEW_SESSIONS_PER_HOUR, NEW_SESSIONS_SECONDS
    )
    text = gettext("Only %(n)d people an hour can come new from one network. Try again later.")
    refuse_beyond(text % {"n": settings.CANVAS_NEW_SESSIONS_PER_HOUR}, limit)
