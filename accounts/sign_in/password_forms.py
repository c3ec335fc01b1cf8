"""Forms for a new password, for resetting a forgotten one, and for confirming the present one."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.core import context
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext, gettext_lazy

from accounts.addresses import holder_of
from accounts.limits.throttle import Limit, refuse_beyond
from accounts.sign_in.passwords import BLOCKED_MESSAGE, SignInBlockedError, check_password_of
from accounts.sign_in.policy import may_use_password
from audit.origin import client_network_of

PASSWORD_MAX_LENGTH = 4096
RESET_SECONDS = 3600

_CURRENT = gettext_lazy("Current password")
_NEW = gettext_lazy("New password")
_AGAIN = gettext_lazy("New password again")


class _PasswordLabels:
    """Our words, and no longer passwords than make sense to hash."""

    labels: dict[str, Any] = {}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            field = self.fields[name]
            field.label = label
            field.validators.append(MaxLengthValidator(PASSWORD_MAX_LENGTH))
            field.widget.attrs = {
                "autocomplete": field.widget.attrs.get("autocomplete", "off"),
                "maxlength": PASSWORD_MAX_LENGTH,
            }
            field.help_text = ""


class PasswordChangeForm(_PasswordLabels, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The present password, and a new one twice."""

    labels = {"oldpassword": _CURRENT, "password1": _NEW, "password2": _AGAIN}

    def clean_oldpassword(self) -> str:
        """Limits guesses as signing in does: someone may have found an open browser."""
        password: str = self.cleaned_data.get("oldpassword", "")
        try:
            is_right = check_password_of(context.request, self.user, password)
        except SignInBlockedError as error:
            raise ValidationError(BLOCKED_MESSAGE) from error
        if not is_right:
            raise ValidationError(gettext_lazy("This is not your current password."))
        return password


class FirstPasswordForm(_PasswordLabels, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """A password for an account that has none."""

    labels = {"password1": _NEW, "password2": _AGAIN}


class NewPasswordForm(_PasswordLabels, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, for people who followed the link in a mail."""

    labels = {"password1": _NEW, "password2": _AGAIN}


class ConfirmForm(_PasswordLabels, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password of someone who is signed in, before they change how they sign in."""

    labels = {"password": _CURRENT}


class PasswordResetForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """The address to which the link is sent. The answer is the same for an unknown one."""

    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext_lazy("Email address")
        self.fields["email"].widget.attrs = {"autocomplete": "email", "maxlength": 254}

    def clean_email(self) -> str:
        email: str = super().clean_email()
        # Not people who only typed it: the person who reads mail there could take their account.
        holder = holder_of(email)
        self.users = [user for user in self.users if user == holder and may_use_password(user)]
        address = client_network_of(context.request)
        refuse_beyond(
            gettext("This was asked for too often. Try again in an hour."),
            Limit("reset_address", (address,), settings.CANVAS_MAIL_LINKS_PER_HOUR, RESET_SECONDS),
            Limit(
                "reset_mail",
                (email.lower(),),
                settings.CANVAS_MAIL_LINKS_PER_ADDRESS,
                RESET_SECONDS,
            ),
        )
        return email
