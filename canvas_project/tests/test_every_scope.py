"""Every REST address and method, as a program with a token of each scope and level.

A token never gives more than its person has, and never more than its scope. What people may do is
in the tables of `matrix.py`; here they are cut to the scope. `CANVAS_TEST_SCOPES=all` tries all
who are there.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django.fixtures import Settings

from accounts.models import ServiceAccount
from accounts.tokens.services import token_create
from audit.tests.actors import by
from boards.access.scopes import SCOPE_LEVELS, ScopeLevel
from boards.tests import test_every_action as of_boards
from boards.tests.matrix import ACTIONS, EDIT, LEVELS, NOTHING, OWNER, SIGNED_IN, VIEW, Api, Row
from boards.tests.world import World, address_of, ask, make_world
from canvas_project.tests import test_every_address as of_nothing
from sync.programs.versions import version_create
from sync.tests import test_every_action as of_documents

PEOPLE: tuple[str, ...] = ("owner", "commenter", "stranger", "space editor")
SERVICES: tuple[str, ...] = ("space editor",)
"""Who is a service account once more: it may do what a person with the same token may."""
if os.environ.get("CANVAS_TEST_SCOPES") == "all":
    PEOPLE = SERVICES = tuple(sorted(SIGNED_IN))
WHO = [(person, False) for person in PEOPLE] + [(person, True) for person in SERVICES]
PEOPLE_ONLY = {"api-board-leave", "api-board-star"}
OF_ALL = {
    ("api-boards", "GET"): ScopeLevel.NONE,  # lists what the scopes reach
    ("api-boards", "POST"): ScopeLevel.EDIT,
    ("api-usage", "GET"): ScopeLevel.READ,
    ("api-search", "GET"): ScopeLevel.NONE,  # finds what the scopes reach
    ("api-spaces", "GET"): ScopeLevel.NONE,  # lists those that the scopes reach
}
"""The only addresses of no board that take a program's token, and the scope of all boards."""


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    made = make_world()
    of_documents.draw(made.board, made.people["owner"])
    version_create(board=made.board, name="First", author=made.people["owner"])
    return made


def scopes_of(world: World) -> dict[str, tuple[int, bool]]:
    """Every scope, the level it gives on the board, and whether it is of all boards."""
    found = {f"board:{uuid.UUID(int=1)}:manage": (NOTHING, False)}
    for level in SCOPE_LEVELS:
        found[f"board:{world.board.pk}:{level.word}"] = (int(level), False)
    found["boards:edit"] = (EDIT, True)
    found[f"space:{world.board.space_id}:edit"] = (EDIT, False)
    return found


def program_of(world: World, person: str, scope: str) -> Client:
    user = world.people[person]
    _, secret = token_create(user=user, name=scope, scopes=[scope], expires_at=None, by=by(user))
    return Client(headers={"Authorization": f"Bearer {secret}"})


def expected(row: Row, person: str, scope: int, *, is_of_all: bool) -> int | None:
    """What a program is answered; None where more than the level decides."""
    if row.name in PEOPLE_ONLY or (row.name, row.method) == ("api-access-requests", "POST"):
        return 403
    if not isinstance(row.expected, Api):
        return 404 if min(LEVELS[person], scope) < VIEW else None
    can_manage = person in ("owner", "staff") and scope >= OWNER
    level, need = min(LEVELS[person], scope, EDIT), ACTIONS[row.expected.action]
    if need == OWNER and can_manage:
        return row.expected(person, "private")
    if level == NOTHING:
        return 404
    if row.name == "api-board-duplicate" and not (is_of_all and scope >= ScopeLevel.EDIT):
        return 403
    return row.expected.ok if level >= need else 403


def answer(client: Client, row: Row, path: str) -> int:
    cache.clear()
    with transaction.atomic():
        code = ask(client, row, path)
        transaction.set_rollback(True)
    return code


@pytest.mark.parametrize(
    ("person", "is_service"), WHO, ids=lambda one: {True: "service", False: ""}.get(one, one)
)
def test_every_scope_at_every_address_of_a_board(
    world: World, person: str, is_service: bool
) -> None:
    if is_service:
        ServiceAccount.objects.create(user=world.people[person], purpose="Builds")
    table = [row for row in (*of_boards.TABLE, *of_documents.TABLE) if row.name.startswith("api-")]
    paths = {row.name: address_of(row.name, world.board) for row in of_boards.TABLE}
    paths |= of_documents.addresses_of(world.board)
    wrong: list[Any] = []
    for scope, (level, is_of_all) in scopes_of(world).items():
        client = program_of(world, person, scope)
        for row in table:
            said = expected(row, person, level, is_of_all=is_of_all)
            code = answer(client, row, paths[row.name])
            if said is None:
                full = row.expected(person, "private")
                said = full if code == full else 403
            if code != said:
                wrong.append((str(row), scope, code, said))
    assert wrong == [], "\n".join(map(str, wrong))


def path_of(row: Row, world: World) -> str:
    if row in of_nothing.TABLE:
        return of_nothing.addresses()[row.name]
    space_id = world.board.space_id
    values = {"space_id": space_id, "folder_id": uuid.uuid4(), "permission_id": 1}
    if row.name.startswith("api-library"):
        item = {"item_id": uuid.uuid4()} if row.name == "api-library-item" else {}
        return reverse(row.name, kwargs={"library": str(space_id), **item})
    for names in (("space_id",), *(("space_id", one) for one in values)):
        with suppress(NoReverseMatch):
            return reverse(row.name, kwargs={name: values[name] for name in names})
    raise AssertionError(row.name)


def test_every_scope_at_the_addresses_of_no_board(world: World) -> None:
    of_a_board = {row.name for row in (*of_boards.TABLE, *of_documents.TABLE)}
    table = [
        row
        for rows in of_nothing.TABLES
        for row in rows
        if row.name.startswith("api-") and row.name not in {*of_a_board, "api-schema", "api-token"}
    ]
    wrong: list[Any] = []
    for scope, (level, is_of_all) in scopes_of(world).items():
        client = program_of(world, "owner", scope)
        for row in table:
            need = OF_ALL.get((row.name, row.method))
            is_enough = need is not None and (not need or (is_of_all and level >= need))
            said = row.expected("owner", "private") if is_enough else 403
            code = answer(client, row, path_of(row, world))
            if code != said:
                wrong.append((str(row), scope, code, said))
    assert wrong == [], "\n".join(map(str, wrong))
