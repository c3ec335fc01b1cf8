"""Forms to create and rename a board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from boards.lifecycle.templates import BoardTemplate
from boards.models import (
    TITLE_MAX_LENGTH,
)
from boards.validators import TITLE_MISSING_MESSAGE, validate_title


class TitleForm(forms.Form):
    title = forms.CharField(
        max_length=TITLE_MAX_LENGTH,
        validators=[validate_title],
        error_messages={"required": TITLE_MISSING_MESSAGE},
    )


class NewBoardForm(TitleForm):
    """A new board. Without a title, it is called like its template."""

    template = forms.TypedChoiceField(
        choices=BoardTemplate.choices,
        coerce=BoardTemplate,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": gettext_lazy("There is no such template.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["title"].required = not (data and data.get("template"))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        template = self.cleaned_data.get("template")
        if template is not None and self.cleaned_data.get("title") == "":
            self.cleaned_data["title"] = str(template.label)
        return cleaned
