"""Routes that work with and without a trailing slash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path


def both_spellings(
    route: str,
    view: Callable[..., HttpResponseBase],
    *,
    name: str,
    slash_view: Callable[..., Any] | None = None,
) -> list[URLPattern]:
    """The route itself, which links use, and the same with a trailing slash."""
    return [path(route, view, name=name), path(f"{route}/", slash_view or view)]
