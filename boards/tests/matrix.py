"""Who may do what, as tables that know nothing of the product's own code.

The level of an actor, what a state of the board adds and takes, and what follows for each kind of
address. `test_every_action.py` here, in `sync` and in `canvas_project` hold the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LEVELS = {
    "anonymous": 0,
    "stranger": 0,
    "viewer": 1,
    "commenter": 2,
    "editor": 3,
    "owner": 3,
    "staff": 3,
    "switched off": 0,
    "view link": 1,
    "comment link": 2,
    "edit link": 3,
    "expired link": 0,
    "revoked link": 0,
    "link of another board": 0,
}
"""Every actor, and the level he has by himself: 0 nothing, 1 view, 2 comment, 3 edit."""
SIGNED_IN = {"stranger", "viewer", "commenter", "editor", "owner", "staff"}
MANAGERS = {"owner", "staff"}
GIVEN = {"viewer", "commenter", "editor"}
PUBLIC = {"private": 0, "public view": 1, "public comment": 2, "public edit": 3, "locked": 0}
"""Every state in which a board is open, and what its public permission gives."""
STATES = [*PUBLIC, "trashed"]

Expected = Callable[[str, str], int]


def level_of(actor: str, state: str) -> int:
    """0 nothing, 1 view, 2 comment, 3 edit."""
    if state == "trashed":
        return 0
    level = max(LEVELS[actor], PUBLIC[state])
    return min(level, 2) if state == "locked" and actor not in MANAGERS else level


def api(need: int, ok: int, *, account: bool = True) -> Expected:
    """REST: 401 where signing in could help, 404 for who sees nothing, 403 for too little."""

    def expected(actor: str, state: str) -> int:
        level = level_of(actor, state)
        if actor not in SIGNED_IN and (account or level == 0):
            return 401
        if level == 0:
            return 404
        return ok if level >= need else 403

    return expected


def api_managers(ok: int, *, in_trash: bool = False) -> Expected:
    """REST for owners and staff; a board is either in the trash or out of it."""

    def expected(actor: str, state: str) -> int:
        if actor not in SIGNED_IN:
            return 401
        if actor not in MANAGERS:
            return 403 if level_of(actor, state) else 404
        return ok if (state == "trashed") is in_trash else 404

    return expected


def page(ok: int) -> Expected:
    """A page for who sees the board; others are sent to sign in, or find nothing."""

    def expected(actor: str, state: str) -> int:
        if actor not in SIGNED_IN:
            return 302
        return ok if level_of(actor, state) else 404

    return expected


def page_editors(ok: int) -> Expected:
    """A page for who may edit the board and has an account."""

    def expected(actor: str, state: str) -> int:
        answer = api(3, ok)(actor, state)
        return 302 if answer == 401 else answer

    return expected


def page_managers(ok: int, *, in_trash: bool = False) -> Expected:
    """A page for owners and staff."""

    def expected(actor: str, state: str) -> int:
        answer = api_managers(ok, in_trash=in_trash)(actor, state)
        return 302 if answer == 401 else answer

    return expected


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
