"""The names under which people are shown to others."""

from __future__ import annotations

from django.contrib.auth.models import User


def display_name(user: User) -> str:
    """An account's full name, or its username if it has none."""
    return user.get_full_name() or user.get_username()


def name_in_row(user: User | None, label: str) -> str:
    """The name to show for an audit row, which stores the username of its time."""
    return display_name(user) if user is not None else label
