"""Form fields that name people, groups and levels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import PermissionLevel


class LevelField(forms.TypedChoiceField):
    """One of the three levels, as an `AccessLevel`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("choices", PermissionLevel.choices)
        kwargs.setdefault("coerce", AccessLevel.parse)
        message = gettext_lazy("Choose view, comment or edit.")
        kwargs.setdefault("error_messages", {"required": message, "invalid_choice": message})
        super().__init__(**kwargs)


class UsernameField(forms.CharField):
    """The name of an active account, as a `User`."""

    def clean(self, value: Any) -> Any:
        """Finds the account by its exact name, or by the only one that differs in case."""
        name = super().clean(value)
        exact = User.objects.filter(username=name, is_active=True).first()
        if exact is not None:
            return exact
        similar = list(User.objects.filter(username__iexact=name, is_active=True)[:2])
        if len(similar) != 1:
            raise ValidationError(gettext("Nobody here has this username. Check the spelling."))
        return similar[0]


class SubjectField(UsernameField):
    """The name of an active account or of a group, as a `Subject`."""

    def clean(self, value: Any) -> Any:
        """People come first; a group is found by its exact name."""
        try:
            return Subject(user=super().clean(value))
        except ValidationError:
            # PostgreSQL can't even compare a text with a NUL in it.
            is_name = value and "\0" not in str(value)
            group = Group.objects.filter(name=str(value).strip()).first() if is_name else None
            if group is None:
                raise
            return Subject(group=group)
