"""System checks for unsafe settings. `serve` prints them; an error stops it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from canvas_project.private_files import open_paths
from sync.programs.demo_password import is_served_to_others, users_with_known_password

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
_KEY_MIN_LENGTH = 32
_TOKEN_MIN_LENGTH = 16


def _keys_are_shared() -> bool:
    keys = [settings.SECRET_KEY, settings.CANVAS_AUDIT_KEY, *settings.CANVAS_JWT_KEYS.values()]
    return len(set(keys)) < len(keys)


_WARNINGS: tuple[tuple[str, Callable[[], bool]], ...] = (
    (
        "DJANGO_ALLOWED_HOSTS holds *: a foreign name that leads here is taken for this host's. "
        "List the names that people use.",
        lambda: "*" in settings.ALLOWED_HOSTS and not settings.DEBUG,
    ),
    (
        "DJANGO_DEBUG is on and others can reach this server: its error pages show settings and "
        "code.",
        lambda: settings.DEBUG and is_served_to_others(),
    ),
    (
        "CANVAS_HTTPS is off and others can reach this server: passwords, cookies and tokens "
        "travel readable. Put a proxy with TLS in front and set it.",
        lambda: not settings.CANVAS_HTTPS and is_served_to_others(),
    ),
    (
        "CANVAS_HTTPS is on and CANVAS_TRUSTED_PROXY_HOPS is 0: for the audit log and the limits "
        "everybody has the proxy's address.",
        lambda: settings.CANVAS_HTTPS and settings.CANVAS_TRUSTED_PROXY_HOPS == 0,
    ),
    (
        f"DJANGO_SECRET_KEY has fewer than {_KEY_MIN_LENGTH} characters: sessions can be forged by "
        "who guesses it.",
        lambda: len(settings.SECRET_KEY) < _KEY_MIN_LENGTH,
    ),
    (
        "DJANGO_SECRET_KEY, CANVAS_JWT_KEYS and CANVAS_AUDIT_KEY share a value: who learns one has "
        "the others.",
        _keys_are_shared,
    ),
    (
        f"CANVAS_METRICS_TOKEN has fewer than {_TOKEN_MIN_LENGTH} characters and can be guessed.",
        lambda: 0 < len(settings.CANVAS_METRICS_TOKEN) < _TOKEN_MIN_LENGTH,
    ),
    (
        "DJANGO_CSRF_TRUSTED_ORIGINS holds *: every site under that name may send forms as people "
        "who are signed in here.",
        lambda: any("*" in origin for origin in settings.CSRF_TRUSTED_ORIGINS),
    ),
    (
        "CANVAS_RECOVERY is set: people who may edit a board may bring other people's work to it. "
        "Take it away when everybody has been back since the backup was restored.",
        lambda: bool(settings.CANVAS_RECOVERY),
    ),
    (
        "EMAIL_HOST is set and CANVAS_ADDRESS is not: links in mails follow the name that a "
        "request came by, or lead to where `serve` listens. Set it to what people open.",
        lambda: bool(settings.EMAIL_HOST) and not settings.CANVAS_ADDRESS and is_served_to_others(),
    ),
)


_MAX_IDLE_SECONDS = 30 * 86_400
_MAX_TOKEN_SECONDS = 86_400


def _names_with_known_password() -> str:
    try:
        return ", ".join(users_with_known_password())
    except DatabaseError:  # not migrated yet, so there are no users
        return ""


@register(Tags.security, deploy=True)
def is_fit_for_others(**_: Any) -> list[CheckMessage]:
    """Further checks of `check --deploy`, which also look at files and users."""
    found = []
    names = _names_with_known_password()
    if names:
        text = f"Everybody knows the demo's password, and these users have it: {names}."
        found.append(Warning(text, id="canvas.W101"))
    path = next(open_paths(settings.CANVAS_DATA_DIR, settings.DATABASES["default"]), None)
    if path is not None:
        text = f"Other accounts of this machine may open {path}. `serve` closes it at its start."
        found.append(Warning(text, id="canvas.W102"))
    if settings.CANVAS_SESSION_IDLE_SECONDS > _MAX_IDLE_SECONDS:
        text = "CANVAS_SESSION_IDLE_SECONDS is above 30 days: forgotten sessions stay open."
        found.append(Warning(text, id="canvas.W103"))
    if settings.CANVAS_HTTPS and not settings.SESSION_COOKIE_NAME.startswith("__"):
        text = (
            "CANVAS_COOKIE_PREFIX is not set: other sites under the same domain may set cookies of "
            "the names that this one reads. Set it to __Host- (people sign in once more)."
        )
        found.append(Warning(text, id="canvas.W105"))
    if settings.CANVAS_ACCESS_TOKEN_SECONDS > _MAX_TOKEN_SECONDS:
        text = "CANVAS_ACCESS_TOKEN_SECONDS is above a day: a token that leaks is good for as long."
        found.append(Warning(text, id="canvas.W104"))
    return list(found)


@register(Tags.security)
def check_safety(**_: Any) -> list[CheckMessage]:
    """Checks for everything that makes this installation less safe than it could be."""
    return [*_errors(), *_warnings()]


def _errors() -> Iterator[CheckMessage]:
    for origin in settings.CANVAS_EMBED_ORIGINS:
        if not _ORIGIN.fullmatch(origin):
            text = (
                f"CANVAS_EMBED_ORIGINS: {origin!r} is no origin. Write https://name or "
                "https://name:port, without a path."
            )
            yield Error(text, id="canvas.E010")
    if settings.CANVAS_PROXY_USER_HEADER and not settings.CANVAS_PROXY_ADDRESSES:
        text = (
            "CANVAS_PROXY_USER_HEADER is set and CANVAS_PROXY_ADDRESSES is empty: no proxy may say "
            "who somebody is. List the addresses from which yours connects."
        )
        yield Error(text, id="canvas.E011")


def _warnings() -> Iterator[CheckMessage]:
    for number, (text, is_so) in enumerate(_WARNINGS, start=1):
        if is_so():
            yield Warning(text, id=f"canvas.W{number:03}")
