"""Avatars: a picture, or initials on a colour, as on the board page (`comments/Avatar.tsx`)."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.account_page.menu import hue_of, initials_of

register = template.Library()


@register.simple_tag
def avatar(name: str, key: object, picture: str = "") -> SafeString:
    """For show: the name stands beside it. `key` is what the colour follows, a user's id, say;
    `picture` is an address."""
    if picture:
        return format_html(
            '<span class="avatar" aria-hidden="true">'
            '<img src="{}" alt="" width="192" height="192" loading="lazy"></span>',
            picture,
        )
    return format_html(
        '<span class="avatar hue-{}" aria-hidden="true">{}</span>',
        hue_of(str(key)),
        initials_of(name),
    )
