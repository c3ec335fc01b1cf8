"""The sign-in form."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from accounts.identities.said import DirectoryDownError, IdentityRefusedError
from accounts.sign_in.passwords import BLOCKED_MESSAGE, SignInBlockedError, sign_in_check

CODE_BLOCKED, CODE_DOWN, CODE_REFUSED = "blocked", "down", "refused"
_STATUS = {CODE_BLOCKED: 429, CODE_DOWN: 503, CODE_REFUSED: 403}

WRONG_CREDENTIALS_MESSAGE = gettext_lazy(
    "That username and password do not match. Check both and try again."
)
DIRECTORY_DOWN_MESSAGE = gettext_lazy(
    "The directory does not answer, so only accounts of this server can sign in. Try again in a "
    "few minutes."
)


class SignInForm(AuthenticationForm):
    """Username and password, with limits on wrong guesses."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": WRONG_CREDENTIALS_MESSAGE,
    }

    def clean(self) -> dict[str, Any]:
        """Checks the password, unless there were too many wrong ones."""
        username = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if self.request is None or username is None or not password:
            return self.cleaned_data
        try:
            user = sign_in_check(self.request, username=username, password=password)
        except SignInBlockedError as error:
            raise ValidationError(BLOCKED_MESSAGE, code=CODE_BLOCKED) from error
        except DirectoryDownError as error:
            raise ValidationError(DIRECTORY_DOWN_MESSAGE, code=CODE_DOWN) from error
        except IdentityRefusedError as error:
            raise ValidationError(str(error), code=CODE_REFUSED) from error
        if user is None:
            raise self.get_invalid_login_error()
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data

    @property
    def status(self) -> int:
        """Of the page that shows this form."""
        if not self.is_bound:
            return 200
        found = (status for code, status in _STATUS.items() if self.has_error("__all__", code))
        return next(found, 422)
