"""Forms of the pages. They check what was typed; ``boards.services`` decides and writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from boards.levels import AccessLevel
from boards.models import TITLE_MAX_LENGTH, PermissionLevel
from boards.sign_in import BLOCKED_MESSAGE, SignInBlockedError, sign_in_check
from boards.validators import TITLE_MISSING_MESSAGE, validate_title

CODE_BLOCKED = "blocked"
WRONG_CREDENTIALS_MESSAGE = "That username and password do not match. Check both and try again."


class SignInForm(AuthenticationForm):
    """Username and password, with a limit on wrong guesses."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": WRONG_CREDENTIALS_MESSAGE,
    }

    def clean(self) -> dict[str, Any]:
        """Check the password unless too many wrong ones came before."""
        username = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if self.request is None or username is None or not password:
            return self.cleaned_data
        try:
            user = sign_in_check(self.request, username=username, password=password)
        except SignInBlockedError as error:
            raise ValidationError(BLOCKED_MESSAGE, code=CODE_BLOCKED) from error
        if user is None:
            raise self.get_invalid_login_error()
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data

    @property
    def is_blocked(self) -> bool:
        """Whether it was refused for too many attempts."""
        return self.has_error("__all__", code=CODE_BLOCKED)


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The same limit on the admin's own sign-in page, which also asks for staff."""


class TitleForm(forms.Form):
    """The title of a board."""

    title = forms.CharField(
        max_length=TITLE_MAX_LENGTH,
        validators=[validate_title],
        error_messages={"required": TITLE_MISSING_MESSAGE},
    )


class LevelField(forms.TypedChoiceField):
    """One of the three levels, as an ``AccessLevel``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("choices", PermissionLevel.choices)
        kwargs.setdefault("coerce", AccessLevel.parse)
        message = "Choose view, comment or edit."
        kwargs.setdefault("error_messages", {"required": message, "invalid_choice": message})
        super().__init__(**kwargs)


class UsernameField(forms.CharField):
    """The name of an active account, as a ``User``."""

    def clean(self, value: Any) -> Any:
        """Finds the account by its exact name, else by the only one that differs in case."""
        name = super().clean(value)
        exact = User.objects.filter(username=name, is_active=True).first()
        if exact is not None:
            return exact
        similar = list(User.objects.filter(username__iexact=name, is_active=True)[:2])
        if len(similar) != 1:
            raise ValidationError("Nobody here has this username. Check the spelling.")
        return similar[0]


class GrantForm(forms.Form):
    """Give somebody a level."""

    user = UsernameField(
        max_length=150, error_messages={"required": "Type the username of the person to add."}
    )
    level = LevelField()


def _existing_user() -> forms.ModelChoiceField[User]:
    """Any account, switched off or not: whoever has a level can lose it."""
    message = "This account is gone. Load the page again."
    messages = {"required": message, "invalid_choice": message}
    return forms.ModelChoiceField(
        User.objects.all(), to_field_name="username", error_messages=messages
    )


class ChangeForm(forms.Form):
    """Change or take away the level of somebody who has one."""

    user = _existing_user()
    level = LevelField()


class RemoveForm(forms.Form):
    """Take away somebody's level."""

    user = _existing_user()


class PublicForm(forms.Form):
    """Switch the public link off, or on at a level."""

    level = LevelField(
        choices=[(AccessLevel.NONE.label, "Off"), *PermissionLevel.choices],
        error_messages={
            "required": "Choose off, view, comment or edit.",
            "invalid_choice": "Choose off, view, comment or edit.",
        },
    )
