"""The language menu, and words for levels."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext

from boards.pages.language import address_to_return_to

register = template.Library()


@register.inclusion_tag("language_menu.html", takes_context=True)
def language_menu(context: dict[str, Any]) -> dict[str, Any]:
    """A menu that changes the language and returns to this page."""
    return _languages(context)


@register.inclusion_tag("account/language_choices.html", takes_context=True)
def language_choices(context: dict[str, Any]) -> dict[str, Any]:
    """The same as a part of the avatar menu."""
    return _languages(context)


def _languages(context: dict[str, Any]) -> dict[str, Any]:
    request: HttpRequest = context["request"]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "next": address_to_return_to(request),
        "languages": context["LANGUAGES"],
        "current": context["LANGUAGE_CODE"],
    }


@register.filter
def can(level: str) -> str:
    """What a level allows, for a badge; "Owner" for the owner."""
    match level:
        case "owner":
            return gettext("Owner")
        case "edit":
            return gettext("Can edit")
        case "comment":
            return gettext("Can comment")
        case _:
            return gettext("Can view")


@register.filter
def invited_to(level: str) -> str:
    """What an invitation lets one do, as a sentence."""
    match level:
        case "edit":
            return gettext("You will be able to draw there.")
        case "comment":
            return gettext("You will be able to look and to comment.")
        case _:
            return gettext("You will be able to look at it.")
