"""Forms for signing up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from accounts.first_start.forms import AdministratorForm
from accounts.names import is_like_address


class AddressForm(forms.Form):
    """The address to which the link is sent."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AccountForm(AdministratorForm):
    """Name and password. The address is that of the link."""

    def __init__(self, *args: Any, address: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = address
        del self.fields["email"]

    def clean_username(self) -> str:
        """Free, in all spellings, and nobody else's mail address: what people share with an
        address would go to this account.
        """
        username = super().clean_username()
        if is_like_address(username) and username.lower() != self._address:
            raise ValidationError(gettext("A username can't be a mail address."))
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(gettext("Somebody has this name already."))
        return username
