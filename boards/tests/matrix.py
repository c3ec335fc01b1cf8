"""Who may do what, written once. Every test of permissions reads it, and docs are checked by it.

The level of an actor, what a state of the board adds and takes, and the level that each action
takes. It knows nothing of the product's own code. `test_every_action.py` here, in `sync` and in
`canvas_project` say by which address each action is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

NOTHING, VIEW, COMMENT, EDIT, OWNER = range(5)
LEVEL_WORDS = ("none", "view", "comment", "edit", "owner")

ACTIONS = {
    "see it": VIEW,
    "follow it live": VIEW,
    "copy it": VIEW,
    "star it": VIEW,
    "write comments": COMMENT,
    "see whom to mention": COMMENT,
    "vote": COMMENT,
    "draw": EDIT,
    "upload images": EDIT,
    "restore versions": EDIT,
    "run a workshop": EDIT,
    "rename it": OWNER,
    "lock it": OWNER,
    "share it": OWNER,
    "answer requests": OWNER,
    "give it away": OWNER,
    "see its activity": OWNER,
    "move it to the trash": OWNER,
    "restore it": OWNER,
}
"""What can be done with a board, and the level it takes. `docs/permissions.md` has this table."""

SPACE_ACTIONS = {
    "see the space and its folders": VIEW,
    "put boards into it": EDIT,
    "sort its boards into folders": EDIT,
    "make and delete folders": EDIT,
    "rename it": OWNER,
    "change its members": OWNER,
    "take out boards of others": OWNER,
    "give it away": OWNER,
    "delete it": OWNER,
    "use its library": VIEW,
    "change its library": OWNER,
}
"""The same for a space itself. `docs/spaces.md` has this table."""

LEVELS = {
    "anonymous": NOTHING,
    "stranger": NOTHING,
    "viewer": VIEW,
    "commenter": COMMENT,
    "editor": EDIT,
    "space viewer": VIEW,
    "space commenter": COMMENT,
    "space editor": EDIT,
    "space owner": EDIT,
    "owner": EDIT,
    "staff": EDIT,
    "switched off": NOTHING,
    "view link": VIEW,
    "comment link": COMMENT,
    "edit link": EDIT,
    "expired link": NOTHING,
    "revoked link": NOTHING,
    "link of another board": NOTHING,
}
"""Every actor, and the level they have by themselves."""
IN_SPACE = {"space viewer", "space commenter", "space editor", "space owner"}
"""They have their level from the space of the board; the commenter through a group."""
SIGNED_IN = {"stranger", "viewer", "commenter", "editor", "owner", "staff", *IN_SPACE}
MANAGERS = {"owner", "staff"}
"""They may do what takes an owner. What they have on the canvas is `edit`."""
GIVEN = {"viewer", "commenter", "editor"}
PUBLIC = {
    "private": NOTHING,
    "public view": VIEW,
    "public comment": COMMENT,
    "public edit": EDIT,
    "locked": NOTHING,
}
"""Every state in which a board is open, and what its public permission gives."""
STATES = [*PUBLIC, "trashed"]

Person = TypeVar("Person")
Expected = Callable[[str, str], int]


def level_of(actor: str, state: str) -> int:
    """What an actor may do at the board's own address."""
    if state == "trashed":
        return NOTHING
    level = max(LEVELS[actor], PUBLIC[state])
    return min(level, COMMENT) if state == "locked" and actor not in MANAGERS else level


def public_level_of(state: str, *, wants_edit: bool) -> int:
    """What everybody may do at the public address; never more than viewing unless they ask."""
    return min(PUBLIC.get(state, NOTHING), EDIT if wants_edit else VIEW)


def way_of(actor: str, state: str) -> str:
    """By what an actor has their level, as audit rows say it; of equal ones the own."""
    if actor in MANAGERS:
        return actor
    if level_of(actor, state) == NOTHING:
        return "none"
    if LEVELS[actor] < PUBLIC[state]:
        return "public"
    if actor in IN_SPACE:
        return "space"
    return "link" if actor.endswith("link") else "user"


@dataclass(frozen=True)
class Api:
    """REST: 401 if signing in could help, 404 if the board is invisible, 403 if the level is too
    low.
    """

    action: str
    ok: int
    account: bool = True
    """Whether it takes an account."""
    in_trash: bool = False
    """Whether the board has to be in the trash; else it has to be out of it."""

    def __call__(self, actor: str, state: str) -> int:
        """What an actor is answered."""
        level, need = level_of(actor, state), ACTIONS[self.action]
        if actor not in SIGNED_IN and (self.account or level == NOTHING):
            return 401
        if need == OWNER and actor in MANAGERS:
            return self.ok if (state == "trashed") is self.in_trash else 404
        if level == NOTHING:
            return 404
        return self.ok if level >= need else 403


SPACE_LEVELS = {
    "space viewer": VIEW,
    "space commenter": COMMENT,
    "space editor": EDIT,
    "space owner": OWNER,
    "staff": OWNER,
}
"""What they may do in the space of the board; everybody else nothing, the board's owner too."""


@dataclass(frozen=True)
class SpaceApi:
    """REST of a space: 401, 404 and 403 as for boards, whatever the state of the board."""

    action: str
    ok: int
    is_page: bool = False
    """Pages ask people to sign in instead."""

    def __call__(self, actor: str, state: str) -> int:
        if actor not in SIGNED_IN:
            return 302 if self.is_page else 401
        level = SPACE_LEVELS.get(actor, NOTHING)
        if level == NOTHING:
            return 404
        return self.ok if level >= SPACE_ACTIONS[self.action] else 403


@dataclass(frozen=True)
class Page(Api):
    """A page or its form: as REST, but who is not signed in is sent to do so."""

    def __call__(self, actor: str, state: str) -> int:
        """What an actor is answered."""
        answer = super().__call__(actor, state)
        return 302 if answer == 401 else answer


def answers(expected: Expected, **people: Person) -> list[tuple[Person, int]]:
    """What each of these actors is answered at a private board."""
    return [(person, expected(actor, "private")) for actor, person in people.items()]


def always(answer: int, *, anonymous: int | None = None) -> Expected:
    """The same whatever the board: nothing about it shows."""

    def expected(actor: str, state: str) -> int:
        return answer if actor in SIGNED_IN or anonymous is None else anonymous

    return expected


@dataclass(frozen=True)
class Row:
    """An address, a method, and what each cell of it answers."""

    name: str
    method: str
    expected: Expected
    body: Any = field(default_factory=dict)
    content_type: str = ""
    """Of a body that is sent as it is; JSON for the API, else a form."""

    def __str__(self) -> str:
        return f"{self.method} {self.name}"
