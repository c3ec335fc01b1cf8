"""The menu of languages on every page, and words for levels."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext

from boards.pages.language import address_to_return_to

register = template.Library()


@register.inclusion_tag("language_menu.html", takes_context=True)
def language_menu(context: dict[str, Any]) -> dict[str, Any]:
    """Choose a language, and come back to this page."""
    request: HttpRequest = context["request"]
    return {
        "next": address_to_return_to(request),
        "languages": context["LANGUAGES"],
        "current": context["LANGUAGE_CODE"],
    }


@register.filter
def can(level: str) -> str:
    """What a level allows, as a badge says it; ``Owner`` for the owner."""
    match level:
        case "owner":
            return gettext("Owner")
        case "edit":
            return gettext("Can edit")
        case "comment":
            return gettext("Can comment")
        case _:
            return gettext("Can view")
