"""Forms that give people and groups a level, on a board or in a space, and that name an owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from audit.actor import Actor
from boards.access.subjects import PUBLIC, Subject
from boards.pages.fields import LevelField, SubjectField, UsernameField

Values = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """A form, and the service it calls. `apply` raises `ValidationError` for refusals."""

    form: type[forms.Form]
    apply: Callable[[T, Values, Actor], object]


class AddForm(forms.Form):
    """Give a person or a group a level."""

    user = SubjectField(
        max_length=150,
        error_messages={"required": gettext_lazy("Type the username of the person to add.")},
    )
    level = LevelField()

    def clean(self) -> dict[str, Any] | None:
        """Names the subject like the other forms do."""
        cleaned = super().clean()
        if "user" in self.cleaned_data:
            self.cleaned_data["subject"] = self.cleaned_data["user"]
        return cleaned


class RemoveForm(forms.Form):
    """Take away the level of a person or a group. The page fills in whose."""

    # Including deactivated accounts: anyone with a level can lose it.
    user = forms.ModelChoiceField(
        User.objects.all(),
        to_field_name="username",
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("This account no longer exists. Reload the page.")
        },
    )
    group = forms.ModelChoiceField(
        Group.objects.all(),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("This group no longer exists. Reload the page.")
        },
    )

    def clean(self) -> dict[str, Any] | None:
        """Requires one subject: the public link has a form of its own."""
        cleaned = super().clean()
        subject = Subject(self.cleaned_data.get("user"), self.cleaned_data.get("group"))
        if subject == PUBLIC and not self.errors:
            raise ValidationError(gettext("This account no longer exists. Reload the page."))
        self.cleaned_data["subject"] = subject
        return cleaned


class ChangeForm(RemoveForm):
    """Change the level of a person or a group."""

    level = LevelField()


class TransferForm(forms.Form):
    """Give the board or the space to someone else."""

    user = UsernameField(
        label=gettext_lazy("User"),
        max_length=150,
        error_messages={"required": gettext_lazy("Type the username of the new owner.")},
    )


class EmptyForm(forms.Form):
    """A form without fields."""
