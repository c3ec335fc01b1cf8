"""Forms with the name of a space or a folder."""

from __future__ import annotations

from django import forms

from boards.models import SPACE_NAME_MAX_LENGTH
from boards.models.spaces import NAME_MISSING_MESSAGE
from boards.validators import validate_line


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
