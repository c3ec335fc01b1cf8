"""Names that people choose: of accounts, and those that others see."""

from __future__ import annotations

import unicodedata


def clean_name(text: str) -> str:
    """In one line, without characters that can't be seen or that turn the text of others around."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())


def plain_username(text: str) -> str:
    """One spelling for usernames that look the same: Django keeps them like this."""
    return unicodedata.normalize("NFKC", text)


def is_like_address(username: str) -> bool:
    """Whether people would take a username for a mail address."""
    return "@" in username
