"""The form of a new token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.models import ApiToken
from accounts.models.tokens import NAME_MAX_LENGTH
from accounts.tokens.services import TooManyTokensError, default_days, token_create
from audit.actor import Actor
from boards.access.scopes import MAX_SCOPES, SCOPE_LEVELS, ScopeLevel
from boards.access.selectors import boards_visible_to
from boards.access.spaces import spaces_of
from boards.tokens.choosing import chosen_scopes
from boards.tokens.words import LEVEL_NOTES, LEVEL_WORDS

ALL, CHOSEN = "all", "chosen"
OFFERED_BOARDS = 100
"""The last active ones. Others are named by their address."""
_USUAL_DAYS = (7, 30, 90, 365)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class NewTokenForm(forms.Form):
    """Name, level, boards and end; `scopes` and `expires_at` once it is valid."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_MAX_LENGTH,
        help_text=gettext_lazy("What the program is called in the activity of boards."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    level = forms.ChoiceField(label=gettext_lazy("It may"), initial=ScopeLevel.READ.word)
    reach = forms.ChoiceField(
        label=gettext_lazy("On"),
        initial=ALL,
        choices=[
            (ALL, gettext_lazy("All my boards, also later ones")),
            (CHOSEN, gettext_lazy("Boards and spaces that I choose")),
        ],
    )
    chosen = forms.MultipleChoiceField(required=False)
    addresses = forms.CharField(
        label=gettext_lazy("Addresses of other boards, one a line"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("It ends"), coerce=int)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.spaces = [(f"space:{space.pk}", space.name) for space in spaces_of(user)]
        boards = list(boards_visible_to(user)[: OFFERED_BOARDS + 1])
        self.has_more_boards = len(boards) > OFFERED_BOARDS
        self.boards = [(f"board:{board.pk}", board.title) for board in boards[:OFFERED_BOARDS]]
        fields: dict[str, Any] = self.fields
        fields["level"].choices = [(one.word, LEVEL_WORDS[one]) for one in SCOPE_LEVELS]
        fields["chosen"].choices = [*self.spaces, *self.boards]
        fields["days"].choices = _ends()
        fields["days"].initial = default_days()

    @property
    def level_rows(self) -> Iterable[dict[str, Any]]:
        """The levels with what they allow, and which one is chosen."""
        value = self["level"].value()
        for one in SCOPE_LEVELS:
            yield {
                "value": one.word,
                "words": LEVEL_WORDS[one],
                "note": LEVEL_NOTES[one],
                "is_chosen": value == one.word,
            }

    def clean_chosen(self) -> list[str]:
        found: list[str] = self.cleaned_data["chosen"]
        if len(found) > MAX_SCOPES:
            raise ValidationError(_too_many())
        return found

    def clean_addresses(self) -> list[UUID]:
        """The ids in the addresses."""
        found: dict[UUID, None] = {}
        for line in self.cleaned_data["addresses"].split():
            match = _UUID.search(line)
            if match is None:
                text = gettext("“%(line)s” is not the address of a board.")
                raise ValidationError(text % {"line": line[:80]})
            found[UUID(match[0])] = None
        return list(found)

    def clean(self) -> dict[str, Any]:
        """Finds the scopes."""
        values = super().clean() or {}
        if self.errors:
            return values
        try:
            values["scopes"] = chosen_scopes(self.user, self._texts(values))
        except ValidationError as error:
            self.add_error("chosen", ValidationError(error.messages))
        values["expires_at"] = timezone.now() + timedelta(days=values["days"])
        return values

    def _texts(self, values: dict[str, Any]) -> list[str]:
        level = values["level"]
        if values["reach"] == ALL:
            return [f"boards:{level}"]
        places = [*values["chosen"], *(f"board:{one}" for one in values["addresses"])]
        if not places:
            raise ValidationError(gettext("Choose a board or a space."))
        if len(places) > MAX_SCOPES:
            raise ValidationError(_too_many())
        return [f"{place}:{level}" for place in places]


def _too_many() -> str:
    text = gettext("Choose %(n)d boards and spaces at most, or put the boards into a space.")
    return text % {"n": MAX_SCOPES}


def _ends() -> list[tuple[int, str]]:
    """How many days a token may last, as people read it."""
    most = settings.CANVAS_TOKEN_MAX_DAYS
    now = timezone.now()
    found = []
    for n in sorted({*(day for day in _USUAL_DAYS if day <= most), default_days()}):
        text = ngettext("in %(n)d day, on %(date)s", "in %(n)d days, on %(date)s", n)
        # Short enough for a small phone: a format of Django's, in each language.
        shape = gettext("N j, Y")
        date = date_format(timezone.localtime(now + timedelta(days=n)), shape)
        found.append((n, text % {"n": n, "date": date}))
    return found


def token_made(form: NewTokenForm, user: User, by: Actor) -> tuple[ApiToken, str] | None:
    """The token that a valid form describes, and its text; None, with errors in the form, if it is
    refused.
    """
    try:
        return token_create(
            user=user,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.cleaned_data["expires_at"],
            by=by,
        )
    except ValidationError as error:
        form.add_error("name", ValidationError(error.messages))
    except TooManyTokensError as error:
        form.add_error(None, str(error))
    return None
