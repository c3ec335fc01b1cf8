"""Tells guests apart, so that what one of them draws stays theirs."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, override

MAX_SECRET_LENGTH = 64
_COOKIE_SECONDS = 400 * 24 * 3600


def guest_secret_of(request: HttpRequest) -> str | None:
    """The secret that identifies this browser's guest; None if it has none yet."""
    secret = request.COOKIES.get(settings.CANVAS_GUEST_COOKIE_NAME, "")
    return secret if 0 < len(secret) <= MAX_SECRET_LENGTH else None


def give_guest_secret(request: HttpRequest, response: HttpResponse) -> None:
    """Gives a guest's browser a secret, unless it has one. Scripts can't read it."""
    if isinstance(request.user, User) or guest_secret_of(request) is not None:
        return
    response.set_cookie(
        settings.CANVAS_GUEST_COOKIE_NAME,
        secrets.token_urlsafe(24),
        max_age=_COOKIE_SECONDS,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def guest_owner(secret: str) -> int:
    """The owner id of a guest's client ids: negative, unlike account ids, and not reversible."""
    digest = hashlib.sha256(f"guest {secret}".encode()).digest()
    return -1 - int.from_bytes(digest[:8]) % 2**62


@cache
def guest_names() -> frozenset[str]:
    """The words for a guest, in every language of the pages."""
    names = set()
    for code, _ in settings.LANGUAGES:
        with override(code):
            names.add(gettext("Guest"))
    return frozenset(names)
