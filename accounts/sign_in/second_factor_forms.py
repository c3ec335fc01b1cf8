"""Forms of the second factor: codes, security keys and passkeys, with limits on guesses.

`django-allauth` counts wrong codes in the cache, which strangers may flush; these count as
passwords do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn import forms as key_forms
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from accounts.limits.guessing import GuessedTooOftenError, guess
from accounts.limits.throttle import Limit, count_event
from accounts.sign_in.passwords import (
    BLOCKED_MESSAGE,
    MAX_FAILURES_PER_ADDRESS,
    WINDOW_SECONDS,
    SignInBlockedError,
    check_code_of,
)
from accounts.sign_in.policy import may_use_password
from audit.origin import client_network_of

CODE_MAX_LENGTH = 32
NAME_MAX_LENGTH = 60
REPLAY_SECONDS = 120
CREDENTIAL_MAX_LENGTH = 20_000

_CODE = gettext_lazy("Code")


def _limit_code(form: Any) -> None:
    field = form.fields["code"]
    field.label = _CODE
    field.max_length = CODE_MAX_LENGTH
    field.widget.attrs = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": CODE_MAX_LENGTH,
        "autocapitalize": "none",
        "spellcheck": "false",
    }


def _check(user: User, check: Callable[[], bool]) -> None:
    """Raises `ValidationError` if the code is wrong, or was guessed too often."""
    try:
        if check_code_of(context.request, user, check):
            return
    except SignInBlockedError as error:
        raise ValidationError(BLOCKED_MESSAGE, code="blocked") from error
    raise get_adapter().validation_error("incorrect_code")


class _GuardedCode:
    """A code of the authenticator app, or a recovery code."""

    user: User
    fields: dict[str, Any]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit_code(self)

    def clean_code(self) -> str:
        """The code, if it is right. Each is right once."""
        code: str = self.cleaned_data["code"][:CODE_MAX_LENGTH]
        try:
            _check(self.user, lambda: self._is_right(code))
        except ValidationError:
            self._tell_failure()
            raise
        return code

    def _is_right(self, code: str) -> bool:
        codes = Authenticator.objects.filter(user=self.user)
        for one in codes.exclude(type=Authenticator.Type.WEBAUTHN):
            is_app = one.type == Authenticator.Type.TOTP
            if one.wrap().validate_code(code) and not (is_app and self._was_used(code)):
                one.user = self.user
                self.authenticator = one
                return True
        return False

    def _was_used(self, code: str) -> bool:
        digits = "".join(filter(str.isdigit, code))
        parts = (str(self.user.pk), digits)
        return count_event(Limit("sign_in_code_used", parts, 1, REPLAY_SECONDS)) is not None

    def _tell_failure(self) -> None:
        signals.authentication_failed.send(
            sender=Authenticator, request=context.request, user=self.user, authenticator=None
        )


class CodeForm(_GuardedCode, code_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ConfirmCodeForm(_GuardedCode, code_forms.ReauthenticateForm):  # type: ignore[misc]
    """Confirms that the person is still there."""


class ActivateAppForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that was just set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit_code(self)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"][:CODE_MAX_LENGTH]
        _check(self.user, lambda: bool(validate_totp_code(self.secret, code)))
        return code


class _CredentialField(forms.JSONField):
    """What the browser says of a key: JSON of a bounded size and depth."""

    def to_python(self, value: Any) -> Any:
        """A dictionary. Raises `ValidationError`."""
        if isinstance(value, str) and len(value) > CREDENTIAL_MAX_LENGTH:
            raise get_adapter().validation_error("incorrect_code")
        try:
            found = super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error
        if not isinstance(found, dict):
            raise get_adapter().validation_error("incorrect_code")
        return found


class _WithCredential:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = _CredentialField(widget=forms.HiddenInput)


class _GuardedKey(_WithCredential):
    """A key that the person is known to have. Failures count as wrong codes do."""

    user: User

    def clean_credential(self) -> Any:
        """The `Authenticator`."""
        found: list[Authenticator] = []

        def check() -> bool:
            with contextlib.suppress(*_HOSTILE):
                found.append(super(_GuardedKey, self).clean_credential())  # type: ignore[misc]
            return bool(found)

        try:
            _check(self.user, check)
        except ValidationError:
            signals.authentication_failed.send(
                sender=Authenticator, request=context.request, user=self.user, authenticator=None
            )
            raise
        return found[0]


_HOSTILE = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
    *(InvalidSignature, RecursionError, ValidationError),
)
"""What a credential of a hostile client may raise in the many parsers that it passes."""


class KeyForm(_GuardedKey, key_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step of signing in."""


class ConfirmKeyForm(_GuardedKey, key_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey that confirms that the person is still there."""


class PasskeyForm(_WithCredential, key_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of a password. It can't be guessed; failures are limited by address, so
    that nobody fills the audit log.
    """

    def clean_credential(self) -> Any:
        """The `Authenticator`."""
        request = context.request
        network = client_network_of(request)
        limit = Limit("sign_in_passkey", (network,), MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS)

        def check() -> Any:
            with contextlib.suppress(*_HOSTILE):
                found = super(PasskeyForm, self).clean_credential()
                return found if may_use_password(found.user) else None
            return None

        try:
            found = guess([limit], check, network=network)
        except GuessedTooOftenError as error:
            raise ValidationError(BLOCKED_MESSAGE, code="blocked") from error
        if found is None:
            user_login_failed.send(sender=Authenticator, credentials={}, request=request)
            raise get_adapter().validation_error("incorrect_code")
        return found


class AddPasskeyForm(_WithCredential, key_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("Name")
        self.fields["name"].max_length = NAME_MAX_LENGTH

    def clean_name(self) -> str:
        return str(super().clean_name())[:NAME_MAX_LENGTH]

    def clean(self) -> dict[str, Any]:
        """The same sentence for everything that a browser would not send."""
        keys = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN)
        if keys.count() >= settings.CANVAS_MAX_PASSKEYS:
            text = gettext("An account can have %(n)d passkeys. Remove one first.")
            raise ValidationError(text % {"n": settings.CANVAS_MAX_PASSKEYS})
        try:
            return super().clean()  # type: ignore[no-any-return]
        except _HOSTILE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class RenamePasskeyForm(key_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("Name")

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"])[:NAME_MAX_LENGTH]
