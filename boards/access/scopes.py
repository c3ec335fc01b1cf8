"""What a program's token may do: the scopes that its person chose, and how they cap access.

A scope is `boards:<level>` for every board of the person, `space:<id>:<level>` for those in one
space, or `board:<id>:<level>` for one. Levels are read, comment, edit and manage; each includes
those before it. A scope gives nothing: the access of the person is resolved as always, and then cut
to the level of the scope.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from boards.levels import AccessLevel
from boards.models import Board

MAX_SCOPES = 50
_ALL = "boards"
_SPACE = "space"
_ONE = "board"


class ScopeLevel(enum.IntEnum):
    """The most that a token may do on a board. Stored by name: never rename one."""

    NONE = 0
    READ = 1
    COMMENT = 2
    EDIT = 3
    MANAGE = 4

    @property
    def word(self) -> str:
        return self.name.lower()

    @property
    def access_level(self) -> AccessLevel:
        """The most it may do on the canvas."""
        return AccessLevel(min(self, ScopeLevel.EDIT))


SCOPE_LEVELS = [level for level in ScopeLevel if level]


class ScopeError(ValueError):
    """A text is no scope. `text` is the text, cut."""

    def __init__(self, text: object) -> None:
        self.text = str(text)[:80]
        super().__init__(self.text)


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of one token. Several of one board count as the highest."""

    everywhere: ScopeLevel = ScopeLevel.NONE
    boards: Mapping[UUID, ScopeLevel] = field(default_factory=dict)
    spaces: Mapping[UUID, ScopeLevel] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Iterable[object]) -> Scopes:
        """Raises `ScopeError` for anything that is no scope."""
        everywhere = ScopeLevel.NONE
        some: dict[str, dict[UUID, ScopeLevel]] = {_ONE: {}, _SPACE: {}}
        for text in texts:
            match str(text).split(":"):
                case [kind, level] if kind == _ALL:
                    everywhere = max(everywhere, _level(level, text))
                case [kind, word, level] if kind in some:
                    found, key = some[kind], _id(word, text)
                    found[key] = max(found.get(key, ScopeLevel.NONE), _level(level, text))
                case _:
                    raise ScopeError(text)
        return cls(everywhere, some[_ONE], some[_SPACE])

    def texts(self) -> list[str]:
        """Each scope once, in one order. Those that a wider one includes are left out."""
        found = [f"{_ALL}:{self.everywhere.word}"] if self.everywhere else []
        for kind, some in ((_ONE, self.boards), (_SPACE, self.spaces)):
            higher = {key: level for key, level in some.items() if level > self.everywhere}
            found += [f"{kind}:{key}:{level.word}" for key, level in higher.items()]
        return sorted(found)

    def level_on(self, board: Board) -> ScopeLevel:
        """The most the token may do on a board."""
        given = [self.everywhere, self.boards.get(board.pk, ScopeLevel.NONE)]
        if board.space_id is not None:
            given.append(self.spaces.get(board.space_id, ScopeLevel.NONE))
        return max(given)

    def boards_at(self, level: ScopeLevel) -> Q:
        """The boards on which the token may do at least so much."""
        if self.everywhere >= level:
            return Q()
        boards = [key for key, given in self.boards.items() if given >= level]
        spaces = [key for key, given in self.spaces.items() if given >= level]
        return Q(pk__in=boards) | Q(space__in=spaces)

    def spaces_at(self, level: ScopeLevel) -> Q:
        """The spaces in all of whose boards the token may do at least so much."""
        if self.everywhere >= level:
            return Q()
        return Q(pk__in=[key for key, given in self.spaces.items() if given >= level])


def _level(word: str, text: object) -> ScopeLevel:
    for level in SCOPE_LEVELS:
        if word == level.word:
            return level
    raise ScopeError(text)


def _id(word: str, text: object) -> UUID:
    try:
        key = UUID(word)
    except ValueError:
        raise ScopeError(text) from None
    if str(key) != word.lower():
        raise ScopeError(text)
    return key
