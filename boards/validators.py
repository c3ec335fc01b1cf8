"""Validators of titles, short texts and file ids."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

TITLE_MISSING_MESSAGE = gettext_lazy("Give the board a title.")
FILE_ID_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")

# They reorder the text around them: in a list, a title could look like something else.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def validate_title(value: str) -> None:
    """Raises `ValidationError` for an empty title and for control characters."""
    if not value.strip():
        raise ValidationError(TITLE_MISSING_MESSAGE, code="blank")
    for char in value:
        if char in _BIDI_CONTROLS or unicodedata.category(char) in _REFUSED_CATEGORIES:
            raise ValidationError(
                gettext("The title contains characters that cannot be shown. Type it again."),
                code="control_characters",
            )


def validate_line(value: str) -> None:
    """Raises `ValidationError` for control characters in a short text; it may be empty."""
    for char in value:
        if char in _BIDI_CONTROLS or unicodedata.category(char) in _REFUSED_CATEGORIES:
            raise ValidationError(
                gettext("This contains characters that cannot be shown. Type it again."),
                code="control_characters",
            )


def validate_text(value: str) -> None:
    """Like `validate_line`, for a text of several lines."""
    validate_line(value.replace("\n", " ").replace("\t", " "))


def validate_file_id(value: str) -> None:
    """Raises `ValidationError` unless it is 1 to 64 letters, digits, `_` or `-`."""
    if not FILE_ID_PATTERN.fullmatch(value):
        raise ValidationError(
            "A file id is 1 to 64 letters, digits, underscores or hyphens.", code="file_id"
        )
