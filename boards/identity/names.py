"""What people are called, everywhere that other people read it."""

from __future__ import annotations

from django.contrib.auth.models import User


def display_name(user: User) -> str:
    """The full name of an account, or its username where it has none."""
    return user.get_full_name() or user.get_username()


def name_in_row(user: User | None, label: str) -> str:
    """The name of somebody in an audit row, which keeps the username of its time as a label."""
    return display_name(user) if user is not None else label
