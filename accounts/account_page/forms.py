"""What people may change of their account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Profile
from accounts.names import clean_name

NAME_MAX_LENGTH = 150


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none at run time
    """The name that others see. Without one they see the username."""

    class Meta:
        model = User
        fields = ("first_name", "last_name")
        labels = {
            "first_name": gettext_lazy("First name"),
            "last_name": gettext_lazy("Last name"),
        }
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def clean_first_name(self) -> str:
        return clean_name(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return clean_name(self.cleaned_data["last_name"])


class PreferencesForm(forms.Form):
    """Language and theme on all devices."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    theme = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        required=False,
        choices=[
            (Profile.Theme.AUTO, gettext_lazy("As the device")),
            (Profile.Theme.LIGHT, gettext_lazy("Light")),
            (Profile.Theme.DARK, gettext_lazy("Dark")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_browser = ("", gettext_lazy("As the browser"))
        self.fields["language"].choices = [as_browser, *settings.LANGUAGES]  # type: ignore[attr-defined]


class PictureForm(forms.Form):
    """An image file."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )

    def clean_picture(self) -> Any:
        """Not larger than may be decoded."""
        upload = self.cleaned_data["picture"]
        if upload.size > settings.CANVAS_MAX_PICTURE_BYTES:
            text = gettext("The image is larger than %(n)d MB.")
            raise ValidationError(text % {"n": settings.CANVAS_MAX_PICTURE_BYTES // 1_000_000})
        return upload
