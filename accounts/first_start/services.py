"""Who may make the first account, the token for it, and making it.

The person who makes the first account owns the installation. That is somebody at the machine
itself, or somebody who can read what `serve` printed there.
"""

from __future__ import annotations

import ipaddress
import secrets

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from accounts.limits.guessing import GuessedTooOftenError, guess
from accounts.limits.throttle import Limit, count_event, is_remembered, remember
from accounts.names import clean_name
from audit.actions import AuditAction, AuditVia
from audit.actor import actor_of_request
from audit.origin import client_network_of
from audit.services import audit_record

TOKEN_SECONDS = 7 * 86_400
TOKEN_MAX_LENGTH = 100
GUESSES = 20
GUESS_SECONDS = 300
_TOKEN = "first_start_token"  # noqa: S105  the name of a counter
_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


class AlreadyDoneError(Exception):
    """Somebody has made the first account in the meantime."""


_has_users = False


def is_first_start() -> bool:
    """Whether there are no users yet. Free once there are."""
    global _has_users
    if not settings.CANVAS_FIRST_START:
        return False
    if not _has_users:
        _has_users = User.objects.exists()
    return not _has_users


def first_start_token() -> str:
    """A new token, good for a week on every server of this database. Kept as a hash."""
    token = secrets.token_urlsafe(24)
    remember(_TOKEN, token, seconds=TOKEN_SECONDS)
    return token


def may_begin(request: HttpRequest, token: str) -> bool:
    """Whether this request may make the first account."""
    if is_from_this_machine(request):
        return True
    if not 0 < len(token) <= TOKEN_MAX_LENGTH:
        return False
    network = client_network_of(request)
    limit = Limit("first_start_guess", (network,), GUESSES, GUESS_SECONDS)
    try:
        return bool(guess([limit], lambda: is_remembered(_TOKEN, token), network=network))
    except GuessedTooOftenError:
        return False


def is_from_this_machine(request: HttpRequest) -> bool:
    """Whether a browser on this machine asks, with no proxy in between.

    A proxy on the same machine also comes from a loopback address: then it is set up to be served
    to others, says so in a header, or speaks HTTP/1.0.
    """
    if settings.CANVAS_TRUSTED_PROXY_HOPS or settings.CANVAS_HTTPS:
        return False
    if set(settings.ALLOWED_HOSTS) - _LOCAL_NAMES - {"testserver"}:
        return False
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    if getattr(request, "scope", {}).get("http_version") == "1.0":
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def administrator_create(
    request: HttpRequest, *, username: str, name: str, email: str, password: str
) -> User:
    """The first account: a superuser. Of two at the same moment one gets it.

    Raises `AlreadyDoneError`.
    """
    with transaction.atomic():
        if count_event(Limit("first_start_done", (), 1, TOKEN_SECONDS)) is not None:
            raise AlreadyDoneError
        if User.objects.exists():
            raise AlreadyDoneError
        first, _, last = clean_name(name).partition(" ")
        user = User.objects.create_superuser(
            username, email or None, password, first_name=first, last_name=last
        )
        if email:
            EmailAddress.objects.create(user=user, email=email.lower(), primary=True)
        audit_record(
            action=AuditAction.AUTH_SIGN_UP,
            by=actor_of_request(request, AuditVia.SESSION, user),
            target_user=user,
            data={"first_start": True},
        )
    return user
