"""Checks usernames and passwords, with limits on wrong guesses.

Wrong passwords are counted for each name from each address, for each address, for each name from
addresses where it never signed in, and for all of those together. An address from which someone
signed in is known for a while: strangers who guess elsewhere can't lock them out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TypeVar, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.identities.said import DirectoryDownError, IdentityRefusedError, voucher_of
from accounts.limits.guessing import GuessedTooOftenError, guess
from accounts.limits.throttle import Limit, forget_events, is_remembered, remember
from accounts.sign_in.policy import may_use_password
from audit.origin import client_network_of

WINDOW_SECONDS = 300
MAX_FAILURES_PER_NAME = 10
"""Wrong passwords for one name from one address, in one window."""
MAX_FAILURES_PER_ADDRESS = 100
"""Wrong passwords from one address for any name: higher, as an office may share an address."""
DAY_SECONDS = 86_400
KNOWN_ADDRESS_SECONDS = 90 * DAY_SECONDS
BLOCKED_MESSAGE = gettext_lazy("Too many attempts to sign in. Wait five minutes, then try again.")

_Answer = TypeVar("_Answer")
_Found = User | IdentityRefusedError | DirectoryDownError
_KNOWN = "sign_in_known"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
"""The backend of every session, also if a directory checked the password: it stays when the
directory is taken away.
"""
_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SignInBlockedError(Exception):
    """Too many wrong guesses; none is checked until the window ends."""


def has_second_factor(user: User) -> bool:
    """Whether a password alone does not sign them in."""
    return bool(is_mfa_enabled(user, _FACTORS))


def sign_in_check(request: HttpRequest, *, username: str, password: str) -> User | None:
    """The active user with this name and password, or None.

    The name may be a verified email address. People with a second factor are not signed in yet.

    Raises:
        SignInBlockedError: nothing was checked.
        DirectoryDownError: it is no password of this installation, and the directory is down.
        IdentityRefusedError: it is right in the directory, and may not sign in here.
    """
    typed, username = username, _username_of(username)

    def check() -> _Found | None:
        try:
            user = authenticate(request, username=username, password=password, typed=typed)
        except IdentityRefusedError as error:  # the password is right
            return error
        except DirectoryDownError as error:
            if _has_password(username):  # it was a guess of that one
                raise
            return error
        if not isinstance(user, User):
            return None
        is_local = voucher_of(user) is None
        setattr(user, "backend", _BACKEND)  # noqa: B010  Django's, which its types don't know
        return user if not is_local or may_use_password(user) else None

    try:
        answer = _guessed(request, "sign_in", counted_name(username), check)
        found = cast("_Found | None", answer)
        if isinstance(found, Exception):
            raise found
    except (DirectoryDownError, IdentityRefusedError):
        credentials = {"username": typed}
        user_login_failed.send(sender=User, credentials=credentials, request=request)
        raise
    if found is not None and not has_second_factor(found):
        remember_address(request, found)
    return found


def check_password_of(request: HttpRequest, user: User, password: str) -> bool:
    """Whether it is the password of someone who is signed in. Raises `SignInBlockedError`."""
    name = counted_name(user.get_username())
    return bool(_guessed(request, "sign_in", name, lambda: user.check_password(password)))


def check_code_of(request: HttpRequest, user: User, check: Callable[[], bool]) -> bool:
    """Whether `check` finds a code right, which someone typed as their second factor.

    Raises `SignInBlockedError`.
    """
    name = counted_name(user.get_username())
    address = client_network_of(request)
    parts = (address, name) if is_remembered(_KNOWN, address, name) else (name,)
    of_day = Limit(
        f"sign_in_code_day{len(parts)}", parts, settings.CANVAS_CODES_PER_DAY, DAY_SECONDS
    )
    is_right = bool(_guessed(request, "sign_in_code", name, check, of_day))
    if is_right:
        remember_address(request, user)
    return is_right


def remember_address(request: HttpRequest, user: User) -> None:
    """Strangers who guess elsewhere can't lock this person out of here."""
    name = counted_name(user.get_username())
    remember(_KNOWN, client_network_of(request), name, seconds=KNOWN_ADDRESS_SECONDS)


def counted_name(username: str) -> str:
    """One key for all spellings of an account's name."""
    text = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", text).strip()


def _guessed(
    request: HttpRequest, kind: str, name: str, check: Callable[[], _Answer | None], *more: Limit
) -> _Answer | None:
    """One guess about an account. Raises `SignInBlockedError`."""
    address = client_network_of(request)
    of_name = Limit(f"{kind}_name", (address, name), MAX_FAILURES_PER_NAME, WINDOW_SECONDS)
    limits = [
        of_name,
        Limit("sign_in_address", (address,), MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS),
        *more,
    ]
    if not is_remembered(_KNOWN, address, name):
        limits += [
            Limit(f"{kind}_account", (name,), settings.CANVAS_GUESSES_PER_ACCOUNT, WINDOW_SECONDS),
            Limit("sign_in_all", (), settings.CANVAS_GUESSES_IN_TOTAL, WINDOW_SECONDS),
        ]
    try:
        answer = guess(limits, check, network=address)
    except GuessedTooOftenError as error:
        raise SignInBlockedError from error
    if answer and not isinstance(answer, Exception):
        forget_events(of_name)
    return answer


def _has_password(username: str) -> bool:
    user = User.objects.filter(username=username).first()
    return user is not None and user.has_usable_password()


def _username_of(typed: str) -> str:
    """The account's name for its verified email address; else what was typed."""
    if "@" not in typed or User.objects.filter(username=typed).exists():
        return typed
    found = EmailAddress.objects.filter(email__iexact=typed.strip(), verified=True)
    return found.values_list("user__username", flat=True).first() or typed
