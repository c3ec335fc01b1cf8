"""Forms of spaces and folders."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy

from boards.access.subjects import Subject
from boards.models import SPACE_NAME_MAX_LENGTH
from boards.models.spaces import NAME_MISSING_MESSAGE
from boards.pages.fields import LevelField, SubjectField, UsernameField
from boards.validators import validate_line

_GONE = gettext_lazy("This account or group no longer exists. Reload the page.")


class NameForm(forms.Form):
    """The name of a space or a folder."""

    name = forms.CharField(
        max_length=SPACE_NAME_MAX_LENGTH,
        validators=[validate_line],
        error_messages={"required": NAME_MISSING_MESSAGE},
    )


class FolderForm(NameForm):
    """A new folder, and the folder it is in."""

    parent = forms.UUIDField(required=False)


class MemberAddForm(forms.Form):
    """A person or a group, and their level."""

    user = SubjectField(
        max_length=150,
        error_messages={"required": gettext_lazy("Type the username of the person to add.")},
    )
    level = LevelField()

    def subject(self) -> Subject:
        subject: Subject = self.cleaned_data["user"]
        return subject


class MemberRemoveForm(forms.Form):
    """A member. The page fills in who."""

    # Including deactivated accounts: anyone with a level can lose it.
    user = forms.ModelChoiceField(
        User.objects.all(),
        to_field_name="username",
        required=False,
        error_messages={"invalid_choice": _GONE},
    )
    group = forms.ModelChoiceField(
        Group.objects.all(), required=False, error_messages={"invalid_choice": _GONE}
    )

    def subject(self) -> Subject:
        return Subject(self.cleaned_data.get("user"), self.cleaned_data.get("group"))


class MemberChangeForm(MemberRemoveForm):
    """The new level of a member."""

    level = LevelField()


class TransferForm(forms.Form):
    """Give the space to someone else."""

    user = UsernameField(
        max_length=150,
        error_messages={"required": gettext_lazy("Type the username of the new owner.")},
    )


class EmptyForm(forms.Form):
    """A form without fields."""
