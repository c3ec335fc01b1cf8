"""Checks usernames and passwords, with limits on wrong guesses.

Wrong passwords are counted for each name from each address, for each address, for each name from
addresses where it never signed in, and for all of those together. An address from which someone
signed in is known for a while: strangers who guess elsewhere can't lock them out.
"""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.limits.guessing import GuessedTooOftenError, guess
from accounts.limits.throttle import Limit, forget_events, is_remembered, remember
from audit.origin import client_network_of

WINDOW_SECONDS = 300
MAX_FAILURES_PER_NAME = 10
"""Wrong passwords for one name from one address, in one window."""
MAX_FAILURES_PER_ADDRESS = 100
"""Wrong passwords from one address for any name: higher, as an office may share an address."""
KNOWN_ADDRESS_SECONDS = 90 * 86_400
BLOCKED_MESSAGE = gettext_lazy("Too many attempts to sign in. Wait five minutes, then try again.")

_KNOWN = "sign_in_known"


class SignInBlockedError(Exception):
    """Too many wrong passwords; none is checked until the window ends."""


def sign_in_check(request: HttpRequest, *, username: str, password: str) -> User | None:
    """The active user with this name and password, or None. Raises `SignInBlockedError`."""
    address, name = client_network_of(request), counted_name(username)
    of_name = Limit("sign_in_name", (address, name), MAX_FAILURES_PER_NAME, WINDOW_SECONDS)
    limits = [
        of_name,
        Limit("sign_in_address", (address,), MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS),
    ]
    if not is_remembered(_KNOWN, address, name):
        limits += [
            Limit("sign_in_account", (name,), settings.CANVAS_GUESSES_PER_ACCOUNT, WINDOW_SECONDS),
            Limit("sign_in_all", (), settings.CANVAS_GUESSES_IN_TOTAL, WINDOW_SECONDS),
        ]

    def check() -> User | None:
        user = authenticate(request, username=username, password=password)
        return user if isinstance(user, User) else None

    try:
        user = guess(limits, check)
    except GuessedTooOftenError as error:
        raise SignInBlockedError from error
    if user is not None:
        forget_events(of_name)
        remember(_KNOWN, address, name, seconds=KNOWN_ADDRESS_SECONDS)
    return user


def counted_name(username: str) -> str:
    """One key for all spellings of an account's name."""
    text = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", text).strip()
