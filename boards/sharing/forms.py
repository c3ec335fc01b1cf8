"""Forms of the share panel, of links with a password, and of requests for access."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from boards.levels import AccessLevel
from boards.models import LABEL_MAX_LENGTH, MESSAGE_MAX_LENGTH, PermissionLevel
from boards.models.invitations import EMAIL_MAX_LENGTH
from boards.pages.fields import LevelField
from boards.pages.subject_forms import AddForm
from boards.sharing.links import PASSWORD_MAX_LENGTH
from boards.validators import validate_line

CODE_CONFIRM = "confirm"
PUBLIC_EDIT_QUESTION = gettext_lazy(
    "Anyone with the link will be able to draw here without signing in."
)


class GrantForm(AddForm):
    """Give a person or a group a level, or invite a mail address to it."""

    def clean(self) -> dict[str, Any] | None:
        """Takes a mail address that is nobody's username."""
        cleaned = super().clean()
        if "user" not in self.cleaned_data:
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
