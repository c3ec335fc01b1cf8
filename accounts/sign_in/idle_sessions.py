"""Ends idle sessions, `CANVAS_SESSION_IDLE_SECONDS` after the last request, and all of them
`CANVAS_SESSION_MAX_SECONDS` after the sign-in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.sign_in.records import BEGAN_KEY, RECORD_KEY, note_use

RENEWED_KEY = "renewed_at"
RENEWALS = 20
"""A session in use is written this many times in the idle time, not at each request."""
_OWN_END_KEY = "_session_expiry"


def renewal_seconds() -> int:
    """How long a renewed session is not written again."""
    return max(1, settings.CANVAS_SESSION_IDLE_SECONDS // RENEWALS)


class IdleSessionMiddleware:
    """Extends sessions that are used. One with an end of its own, as that of a token, is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Extends the session if the request used it, and notes when that was."""
        response = self._get_response(request)
        session = request.session
        if session.accessed and not session.is_empty() and _OWN_END_KEY not in session:
            now = int(time.time())
            if now - session.get(RENEWED_KEY, 0) > renewal_seconds():
                session[RENEWED_KEY] = now
                note_use(request)
                _end_in_time(session, now)
        return response


def _end_in_time(session: Any, now: int) -> None:
    """Gives the session its end once that comes before the next one by idleness."""
    if RECORD_KEY not in session:  # nobody has signed in
        return
    began = session.setdefault(BEGAN_KEY, now)  # of an earlier version
    ends = began + settings.CANVAS_SESSION_MAX_SECONDS
    if ends < now + settings.SESSION_COOKIE_AGE:
        session.set_expiry(datetime.fromtimestamp(ends, tz=UTC))
