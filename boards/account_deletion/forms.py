"""Who gets what a person owns, and the proof that it is them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from accounts.sign_in.password_forms import PASSWORD_MAX_LENGTH
from accounts.sign_in.proof import Proof
from boards.account_deletion.owned import Owned
from boards.account_deletion.services import Plan
from boards.pages.fields import UsernameField

GIVE, DELETE = "give", "delete"
_REST_MISSING = gettext_lazy("Choose what becomes of your boards.")


class SuccessorField(UsernameField):
    """The name of an active account, as a `User`; None for an empty field."""

    def __init__(self) -> None:
        super().__init__(max_length=150, required=False)

    def clean(self, value: Any) -> Any:
        return super().clean(value) if str(value or "").strip() else None


class SuccessorsForm(forms.Form):
    """One successor for everything, and others for single boards and spaces."""

    rest = forms.ChoiceField(
        choices=[
            (GIVE, gettext_lazy("Give them to someone")),
            (DELETE, gettext_lazy("Delete them for good")),
        ],
        error_messages={"required": _REST_MISSING, "invalid_choice": _REST_MISSING},
    )
    successor = SuccessorField()
    board_count = forms.IntegerField(min_value=0)

    def __init__(self, data: Any, *, user: User, owned: Owned) -> None:
        super().__init__(data)
        self._user, self._owned = user, owned
        if owned.is_empty:
            del self.fields["rest"], self.fields["successor"]
        for one in (*owned.boards, *owned.spaces):
            self.fields[to_field(one.pk)] = SuccessorField()
            self.fields[drop_field(one.pk)] = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any] | None:
        """Requires a successor from someone who gives everything away."""
        cleaned = super().clean()
        values = self.cleaned_data
        if values.get("rest") == GIVE and not values.get("successor") and not self.errors:
            self.add_error("successor", gettext("Type the username of the person who gets them."))
        if self._user in values.values():
            raise ValidationError(gettext("The account that ends can't get anything."))
        return cleaned

    def plan(self) -> Plan:
        """What a valid form says."""
        return Plan(
            successor=self._successor(),
            boards=self._chosen([board.pk for board in self._owned.boards]),
            spaces=self._chosen([space.pk for space in self._owned.spaces]),
            board_count=self.cleaned_data["board_count"],
        )

    def _successor(self) -> User | None:
        values = self.cleaned_data
        return values.get("successor") if values.get("rest") == GIVE else None

    def _chosen(self, ids: list[UUID]) -> dict[UUID, User | None]:
        chosen: dict[UUID, User | None] = {}
        for pk in ids:
            if self.cleaned_data.get(drop_field(pk)):
                chosen[pk] = None
            elif (to := self.cleaned_data.get(to_field(pk))) is not None:
                chosen[pk] = to
        return chosen


class OwnSuccessorsForm(SuccessorsForm):
    """The same of one's own account, with the proof that it is them."""

    password = forms.CharField(
        max_length=PASSWORD_MAX_LENGTH,
        strip=False,
        error_messages={"required": gettext_lazy("Type your password.")},
    )
    username = forms.CharField(
        max_length=150, error_messages={"required": gettext_lazy("Type your username.")}
    )

    def __init__(self, data: Any, *, user: User, owned: Owned, proof: Proof) -> None:
        super().__init__(data, user=user, owned=owned)
        del self.fields["username" if proof is Proof.PASSWORD else "password"]

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip()
        if username != self._user.get_username():
            raise ValidationError(gettext("This is not your username."))
        return username

    def clean_password(self) -> str:
        """Limits guesses as signing in does: someone may have found an open browser."""
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self._user, password):  # raises if blocked
            raise ValidationError(gettext("This is not your password."))
        return password


def to_field(pk: UUID) -> str:
    """The field that says who gets a board or a space."""
    return f"to_{pk.hex}"


def drop_field(pk: UUID) -> str:
    """The field that says that nobody does."""
    return f"drop_{pk.hex}"
