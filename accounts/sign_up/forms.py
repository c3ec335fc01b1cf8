"""Forms for signing up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from accounts.first_start.forms import AdministratorForm


class AddressForm(forms.Form):
    """The address to which the link is sent."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AccountForm(AdministratorForm):
    """Name and password. The address is that of the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email"]

    def clean_username(self) -> str:
        """Free, in all spellings."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(gettext("Somebody has this name already."))
        return username
