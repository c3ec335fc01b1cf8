"""Serializer fields, and model errors as API errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError as ModelValidationError
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request

from boards.levels import GRANTABLE_LEVELS

LEVEL_NAMES = [level.label for level in GRANTABLE_LEVELS]
MAX_SHOWN = 50
"""The longest unknown field name that an answer repeats, in characters."""


class UsernameField(serializers.SlugRelatedField[User]):
    """An active user by name."""

    default_error_messages = {
        "does_not_exist": "Nobody here has the username {value}.",
        "invalid": "A username is a text.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", User.objects.filter(is_active=True))
        super().__init__(slug_field="username", **kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        """Refuses values that would be misread, or break the query.

        Django REST framework reads an empty text as null, which here means the public; PostgreSQL
        takes no null character in a text.
        """
        if isinstance(data, str) and (not data or "\0" in data):
            self.fail("does_not_exist", value=data)
        return super().run_validation(data)


class GroupField(serializers.SlugRelatedField[Group]):
    """A group by name."""

    default_error_messages = {
        "does_not_exist": "There is no group called {value}.",
        "invalid": "The name of a group is a text.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Group.objects.all())
        super().__init__(slug_field="name", **kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        """Refuses values that would be read as null, or break the query."""
        if isinstance(data, str) and (not data or "\0" in data):
            self.fail("does_not_exist", value=data)
        return super().run_validation(data)


def validated(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """The validated values. Raises a 400 that names the fields.

    Unknown fields are refused too: a link whose `expires` was ignored would never end. Read-only
    fields are accepted and ignored, so that what was read can be sent back.
    """
    given = serializer.initial_data
    unknown = given.keys() - serializer.fields.keys() if isinstance(given, Mapping) else ()
    if unknown:
        raise serializers.ValidationError(
            {str(name)[:MAX_SHOWN]: ["There is no such field."] for name in islice(unknown, 10)}
        )
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def level_field(**kwargs: Any) -> serializers.ChoiceField:
    """One of view, comment and edit."""
    return serializers.ChoiceField(choices=LEVEL_NAMES, **kwargs)


@contextmanager
def model_errors_as_400() -> Iterator[None]:
    """Turns a service's `ValidationError` into a 400 with the same field names."""
    try:
        yield
    except ModelValidationError as error:
        details: dict[str, Any] = {"detail": " ".join(error.messages)}
        if hasattr(error, "error_dict"):
            details = error.message_dict
        raise serializers.ValidationError(details) from error


def require_choice(request: Request, name: str, choices: Sequence[str]) -> str:
    """The value of a query parameter, or "". Raises `ValidationError` for values that are no
    choice."""
    value = request.query_params.get(name, "")
    if value and value not in choices:
        raise serializers.ValidationError({name: [f"Choose one of: {', '.join(choices)}."]})
    return value
