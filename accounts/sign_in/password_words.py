"""Refuses passwords that are little more than a word of this place."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

OWN_WORDS = ("canvas", "whiteboard", "excalidraw", "drawing", "board")
LEAST_BESIDE = 6
"""Characters beside such words; `Canvas2026!` has five."""
_SHORT = 4


class WordsValidator:
    """Asks for something beside the words of `words_of_this_place`, upper and lower case alike."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        rest = password.casefold()
        for word in words_of_this_place():
            rest = rest.replace(word, "")
        if len(rest) < min(LEAST_BESIDE, len(password)):
            raise ValidationError(self.get_help_text(), code="password_of_this_place")

    def get_help_text(self) -> str:
        """What is asked for."""
        return gettext("A password needs more beside the name of this product or of your team.")


def words_of_this_place() -> list[str]:
    """Names of the product, of the installation's address, and those that the operator listed;
    the longest first.
    """
    host = urlsplit(settings.CANVAS_ADDRESS).hostname or ""
    labels = re.split(r"[.-]", host)
    words = {*OWN_WORDS, *labels, *(word.casefold() for word in settings.CANVAS_PASSWORD_WORDS)}
    return sorted((word for word in words if len(word) >= _SHORT), key=len, reverse=True)
