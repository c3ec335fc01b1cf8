"""Forms of the share panel, of links with a password, and of requests for access."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.models import (
    LABEL_MAX_LENGTH,
    MESSAGE_MAX_LENGTH,
    PermissionLevel,
)
from boards.models.invitations import EMAIL_MAX_LENGTH
from boards.pages.fields import LevelField, SubjectField, UsernameField
from boards.sharing.links import PASSWORD_MAX_LENGTH
from boards.validators import validate_line

CODE_CONFIRM = "confirm"
PUBLIC_EDIT_QUESTION = gettext_lazy(
    "Anyone with the link will be able to draw here without signing in."
)


class GrantForm(forms.Form):
    """Give a person or a group a level."""

    user = SubjectField(
        max_length=150,
        error_messages={"required": gettext_lazy("Type the username of the person to add.")},
    )
    level = LevelField()

    def clean(self) -> dict[str, Any] | None:
        """Who is not known here and is a mail address is invited by it."""
        cleaned = super().clean()
        if "user" in self.cleaned_data:
            self.cleaned_data["subject"] = self.cleaned_data["user"]
        else:
            self._take_address()
        return cleaned

    def _take_address(self) -> None:
        typed = str(self.data.get("user", "")).strip()
        try:
            self.cleaned_data["email"] = forms.EmailField(max_length=EMAIL_MAX_LENGTH).clean(typed)
        except ValidationError:
            return
        del self.errors["user"]


class InvitationForm(forms.Form):
    """Send an invitation again, or withdraw it."""

    invitation = forms.UUIDField(
        error_messages={"invalid": gettext_lazy("This invitation no longer exists.")}
    )


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
    """Give the board to someone else."""

    user = UsernameField(
        max_length=150,
        error_messages={"required": gettext_lazy("Type the username of the new owner.")},
    )


class LinkForm(forms.Form):
    """A new share link."""

    level = LevelField()
    label = forms.CharField(max_length=LABEL_MAX_LENGTH, required=False, validators=[validate_line])
    days = forms.IntegerField(
        min_value=1,
        max_value=3650,
        required=False,
        error_messages={"invalid": gettext_lazy("Type a number of days, or leave it empty.")},
    )
    password = forms.CharField(max_length=PASSWORD_MAX_LENGTH, required=False, strip=False)


class LinkRevokeForm(forms.Form):
    """Revoke a share link."""

    link = forms.UUIDField(
        error_messages={"invalid": gettext_lazy("This link no longer exists. Reload the page.")}
    )


class LinkPasswordForm(forms.Form):
    """The password of a share link."""

    password = forms.CharField(
        max_length=PASSWORD_MAX_LENGTH,
        strip=False,
        error_messages={"required": gettext_lazy("Type the password of the link.")},
    )


class AccessRequestForm(forms.Form):
    """Ask the owner for a level."""

    level = LevelField()
    message = forms.CharField(
        max_length=MESSAGE_MAX_LENGTH, required=False, validators=[validate_line]
    )


class AnswerForm(forms.Form):
    """The owner's answer; `none` declines."""

    request = forms.IntegerField(min_value=1)
    level = LevelField(
        choices=[*PermissionLevel.choices, (AccessLevel.NONE.label, gettext_lazy("Decline"))]
    )


class EmptyForm(forms.Form):
    """A form without fields."""


class PublicForm(forms.Form):
    """Switch the public link off, or on at a level. Letting everyone edit needs a confirmation."""

    level = LevelField(
        choices=[(AccessLevel.NONE.label, gettext_lazy("Off")), *PermissionLevel.choices],
        error_messages={
            "required": gettext_lazy("Choose off, view, comment or edit."),
            "invalid_choice": gettext_lazy("Choose off, view, comment or edit."),
        },
    )
    confirm = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any] | None:
        """Drawing without an account must be a deliberate choice."""
        cleaned = super().clean()
        wants_edit = self.cleaned_data.get("level") == AccessLevel.EDIT
        if wants_edit and not self.cleaned_data.get("confirm"):
            raise ValidationError(PUBLIC_EDIT_QUESTION, code=CODE_CONFIRM)
        return cleaned

    @property
    def must_confirm(self) -> bool:
        """Whether only the confirmation is missing."""
        return self.has_error("__all__", code=CODE_CONFIRM)
