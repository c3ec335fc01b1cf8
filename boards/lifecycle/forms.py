"""Forms to create and rename a board."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from boards.lifecycle.templates import BoardTemplate
from boards.models import (
    TITLE_MAX_LENGTH,
)
from boards.validators import TITLE_MISSING_MESSAGE, validate_title


class BulkOperation(StrEnum):
    """What can be done with many boards at once."""

    MOVE = "move"
    STAR = "star"
    UNSTAR = "unstar"
    TRASH = "trash"
    RESTORE = "restore"


class TitleForm(forms.Form):
    title = forms.CharField(
        max_length=TITLE_MAX_LENGTH,
        validators=[validate_title],
        error_messages={"required": TITLE_MISSING_MESSAGE},
    )


class NewBoardForm(TitleForm):
    """A new board. Without a title, it is called like its template, or "Untitled"."""

    template = forms.TypedChoiceField(
        choices=BoardTemplate.choices,
        coerce=BoardTemplate,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": gettext_lazy("There is no such template.")},
    )
    space = forms.UUIDField(required=False)
    folder = forms.UUIDField(required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["title"].required = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("title") == "":
            template = self.cleaned_data.get("template")
            self.cleaned_data["title"] = str(template.label) if template else gettext("Untitled")
        return cleaned


class BulkForm(forms.Form):
    """What to do with the chosen boards, and for moving them, where to."""

    operation = forms.ChoiceField(choices=[(one, one) for one in BulkOperation])
    place = forms.CharField(required=False, max_length=80)
