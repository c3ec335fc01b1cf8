"""Which scopes a person may give a token."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from boards.access.resolve import resolve_many
from boards.access.scopes import MAX_SCOPES, ScopeError, Scopes
from boards.access.spaces import spaces_open_to
from boards.models import Board


def chosen_scopes(user: User, texts: Sequence[str]) -> list[str]:
    """The scopes as they are stored: each once, and none that another one includes.

    A level above what the person has is accepted: it caps what they may be given later.

    Raises:
        ValidationError: for `scopes`: there is none, there are too many, one is no scope, or names
            a board or space that the person cannot open. Nothing tells it from a missing one.
    """
    if not texts:
        raise _error(gettext("Choose what the token may do."))
    if len(texts) > MAX_SCOPES:
        raise _error(gettext("A token has %(n)d scopes at most.") % {"n": MAX_SCOPES})
    try:
        scopes = Scopes.parse(texts)
    except ScopeError as error:
        text = gettext("“%(scope)s” is no scope. Scopes look like boards:read or board:<id>:edit.")
        raise _error(text % {"scope": error.text}) from None
    _require_boards(user, list(scopes.boards))
    _require_spaces(user, list(scopes.spaces))
    return scopes.texts()


def _require_boards(user: User, ids: list[UUID]) -> None:
    access = resolve_many(list(Board.objects.filter(pk__in=ids)), user=user)
    for board_id in ids:
        one = access.get(board_id)
        if one is None or not (one.can_view or one.can_manage):
            text = gettext("There is no board %(id)s, or it is not shared with you.")
            raise _error(text % {"id": board_id})


def _require_spaces(user: User, ids: list[UUID]) -> None:
    found = set(spaces_open_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    for space_id in ids:
        if space_id not in found:
            text = gettext("There is no space %(id)s, or you are not in it.")
            raise _error(text % {"id": space_id})


def _error(text: str) -> ValidationError:
    return ValidationError({"scopes": text})
