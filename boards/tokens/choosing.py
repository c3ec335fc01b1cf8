"""Which scopes a person may give a token."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from boards.access.resolve import resolve_access
from boards.access.scopes import MAX_SCOPES, ScopeError, Scopes
from boards.access.spaces import resolve_space_access
from boards.models import Board, Space


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
    found = {board.pk: board for board in Board.objects.filter(pk__in=ids)}
    for board_id in ids:
        board = found.get(board_id)
        access = resolve_access(board, user=user) if board is not None else None
        if access is None or not (access.can_view or access.can_manage):
            text = gettext("There is no board %(id)s, or it is not shared with you.")
            raise _error(text % {"id": board_id})


def _require_spaces(user: User, ids: list[UUID]) -> None:
    found = {space.pk: space for space in Space.objects.filter(pk__in=ids)}
    for space_id in ids:
        space = found.get(space_id)
        if space is None or not resolve_space_access(space, user).can_see:
            text = gettext("There is no space %(id)s, or you are not in it.")
            raise _error(text % {"id": space_id})


def _error(text: str) -> ValidationError:
    return ValidationError({"scopes": text})
