"""Ends idle sessions, `CANVAS_SESSION_IDLE_SECONDS` after the last request."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from boards.identity.token_sessions import BOARDS_KEY

RENEWED_KEY = "renewed_at"
RENEWALS = 20
"""A session in use is written this many times in the idle time, not at each request."""


def renewal_seconds() -> int:
    """How long a renewed session is not written again."""
    return max(1, settings.CANVAS_SESSION_IDLE_SECONDS // RENEWALS)


class IdleSessionMiddleware:
    """Extends sessions that are used. A session started by a token ends with the token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Extends the session if the request used it."""
        response = self._get_response(request)
        session = request.session
        if session.accessed and not session.is_empty() and BOARDS_KEY not in session:
            now = int(time.time())
            if now - session.get(RENEWED_KEY, 0) > renewal_seconds():
                session[RENEWED_KEY] = now
        return response
