"""Ends the session at the identity provider when somebody signs out here.

Each kind of provider registers its own way, so that signing out need not know them.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

Way = Callable[[HttpRequest], str | None]
"""Where to send the browser so that the session that began this one ends too; None if it was not
begun there, or if there is no such place. Never raises because a provider is down."""

_ways: list[Way] = []


def provider_logout(way: Way) -> Way:
    """Registers a way; a decorator."""
    _ways.append(way)
    return way


def provider_logout_url(request: HttpRequest) -> str | None:
    """Where to send the browser. To be called before the session ends."""
    return next((address for way in _ways if (address := way(request))), None)
