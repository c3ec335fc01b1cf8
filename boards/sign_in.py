"""Checking a username and a password, slowly for whoever guesses."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from audit.origin import client_address_of
from boards.throttle import count_event, forget_events, is_over_limit

WINDOW_SECONDS = 300
MAX_FAILURES_PER_NAME = 10
"""Wrong passwords for one name from one address, until the window has passed."""
MAX_FAILURES_PER_ADDRESS = 100
"""Wrong passwords from one address for any name: higher, as an office may share an address."""
BLOCKED_MESSAGE = gettext_lazy("Too many attempts to sign in. Wait five minutes, then try again.")

_BY_NAME = "sign_in_name"
_BY_ADDRESS = "sign_in_address"


class SignInBlockedError(Exception):
    """Too many wrong passwords; none is checked before the window has passed."""


def sign_in_check(request: HttpRequest, *, username: str, password: str) -> User | None:
    """The active user with this name and password, or None. Raises ``SignInBlockedError``."""
    address, name = client_address_of(request), username.casefold()
    if is_over_limit(_BY_NAME, address, name, limit=MAX_FAILURES_PER_NAME) or is_over_limit(
        _BY_ADDRESS, address, limit=MAX_FAILURES_PER_ADDRESS
    ):
        raise SignInBlockedError
    user = authenticate(request, username=username, password=password)
    if isinstance(user, User):
        forget_events(_BY_NAME, address, name)
        return user
    count_event(_BY_NAME, address, name, seconds=WINDOW_SECONDS)
    count_event(_BY_ADDRESS, address, seconds=WINDOW_SECONDS)
    return None
