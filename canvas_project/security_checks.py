"""System checks: settings that open a door. `serve` prints them; an error stops it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "::1", "testserver"}
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
_KEY_MIN_LENGTH = 32
_TOKEN_MIN_LENGTH = 16


def _is_reachable() -> bool:
    return bool(set(settings.ALLOWED_HOSTS) - _LOCAL_HOSTS)


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
        lambda: settings.DEBUG and _is_reachable(),
    ),
    (
        "CANVAS_HTTPS is off and others can reach this server: passwords, cookies and tokens "
        "travel readable. Put a proxy with TLS in front and set it.",
        lambda: not settings.CANVAS_HTTPS and _is_reachable(),
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
        "DJANGO_CSRF_TRUSTED_ORIGINS holds *: every site under that name may send forms as who is "
        "signed in here.",
        lambda: any("*" in origin for origin in settings.CSRF_TRUSTED_ORIGINS),
    ),
    (
        "CANVAS_RECOVERY is set: whoever may edit a board may bring other people's work to it. "
        "Take it away when everybody has been back since the backup was restored.",
        lambda: bool(settings.CANVAS_RECOVERY),
    ),
)


@register(Tags.security)
def doors_are_shut(**_: Any) -> list[CheckMessage]:
    """What makes this installation less safe than it could be."""
    return [*_errors(), *_warnings()]


def _errors() -> Iterator[CheckMessage]:
    for origin in settings.CANVAS_EMBED_ORIGINS:
        if not _ORIGIN.fullmatch(origin):
            text = (
                f"CANVAS_EMBED_ORIGINS: {origin!r} is no origin. Write https://name or "
                "https://name:port, without a path."
            )
            yield Error(text, id="canvas.E010")


def _warnings() -> Iterator[CheckMessage]:
    for number, (text, is_so) in enumerate(_WARNINGS, start=1):
        if is_so():
            yield Warning(text, id=f"canvas.W{number:03}")
