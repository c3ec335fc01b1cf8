"""What the scopes of a token say, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.models import ApiToken
from boards.access.scopes import ScopeError, ScopeLevel, Scopes
from boards.access.selectors import boards_in_trash, boards_visible_to
from boards.access.spaces import spaces_open_to
from boards.models import Board

MAX_NAMED = 4
"""Places that are named; the others are counted."""
LEVEL_WORDS: dict[ScopeLevel, Promise | str] = {
    ScopeLevel.READ: gettext_lazy("Read"),
    ScopeLevel.COMMENT: gettext_lazy("Comment"),
    ScopeLevel.EDIT: gettext_lazy("Edit"),
    ScopeLevel.MANAGE: gettext_lazy("Manage"),
}
LEVEL_NOTES: dict[ScopeLevel, Promise | str] = {
    ScopeLevel.READ: gettext_lazy("Look at drawings, comments and images."),
    ScopeLevel.COMMENT: gettext_lazy("Also write comments."),
    ScopeLevel.EDIT: gettext_lazy("Also draw. With all boards: also make new ones."),
    ScopeLevel.MANAGE: gettext_lazy("Also share, rename and delete boards that are yours."),
}


@dataclass(frozen=True, slots=True)
class TokenWords:
    """A token with its scopes in words."""

    token: ApiToken
    scopes: list[str]


def token_words(user: User, tokens: Iterable[ApiToken]) -> list[TokenWords]:
    """The tokens of one person. Names only what the person can still see."""
    parsed = [(token, _parsed(token)) for token in tokens]
    board_ids = {key for _, scopes in parsed for key in scopes.boards}
    space_ids = {key for _, scopes in parsed for key in scopes.spaces}
    names = {**_titles(user, board_ids), **_names(user, space_ids)}
    return [TokenWords(token, _words(scopes, names)) for token, scopes in parsed]


def _parsed(token: ApiToken) -> Scopes:
    try:
        return Scopes.parse(token.scopes)
    except ScopeError:  # of a later version: it gives nothing here
        return Scopes()


def _titles(user: User, ids: Iterable[UUID]) -> dict[UUID, str]:
    if user.is_superuser:
        boards = Board.objects.filter(pk__in=ids)
        return dict(boards.values_list("pk", "title"))
    return {
        board.pk: board.title
        for some in (boards_visible_to(user), boards_in_trash(user))
        for board in some.filter(pk__in=ids)
    }


def _names(user: User, ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(spaces_open_to(user).filter(pk__in=ids).values_list("pk", "name"))


def _words(scopes: Scopes, names: Mapping[UUID, str]) -> list[str]:
    found = []
    if scopes.everywhere:
        found.append(_line(scopes.everywhere, gettext("all boards")))
    for level in reversed(ScopeLevel):
        places = [
            *_places(scopes.spaces, level, names, gettext("the space “%(name)s”")),
            *_places(scopes.boards, level, names, gettext("“%(name)s”")),
        ]
        if places:
            found.append(_line(level, _joined(places)))
    return found or [gettext("Nothing any more")]


def _places(
    given: Mapping[UUID, ScopeLevel], level: ScopeLevel, names: Mapping[UUID, str], text: str
) -> list[str]:
    unknown = gettext("a place that you can't open any more")
    return [
        text % {"name": names[key]} if key in names else unknown
        for key, one in given.items()
        if one == level
    ]


def _joined(places: list[str]) -> str:
    named, more = places[:MAX_NAMED], len(places[MAX_NAMED:])
    if more:
        named.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return ", ".join(named)


def _line(level: ScopeLevel, places: str) -> str:
    return gettext("%(level)s: %(places)s") % {"level": LEVEL_WORDS[level], "places": places}
