"""Every actor, every address and method of a space."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from boards.models import Folder, Space
from boards.spaces.services import space_create
from boards.tests.factories import make_board
from boards.tests.matrix import (
    IN_SPACE,
    LEVELS,
    MANAGERS,
    NOTHING,
    OWNER,
    SIGNED_IN,
    SPACE_ACTIONS,
    SPACE_LEVELS,
    Row,
    SpaceApi,
    level_of,
)
from boards.tests.world import World, make_world, wrong_cells

SEE = "see the space and its folders"
MEMBERS = "change its members"
FOLDERS = "make and delete folders"
USE, KEEP = "use its library", "change its library"
BOX = {"id": "a", "type": "rectangle", "x": 0, "y": 0, "width": 9, "height": 9}
OF_LIBRARY = ("api-library-items", "api-library-export", "api-library-import", "api-library-item")


def leave_api(actor: str, state: str) -> int:
    """Only people who were given the space themselves can give it back."""
    answer = SpaceApi(SEE, 400)(actor, state)
    return 204 if actor in ("space viewer", "space editor") else answer


TABLE = [
    Row("api-space", "GET", SpaceApi(SEE, 200)),
    Row("api-space", "PATCH", SpaceApi("rename it", 200), {"name": "Art"}),
    Row("api-space", "DELETE", SpaceApi("delete it", 204)),
    Row("api-space-transfer", "POST", SpaceApi("give it away", 200), {"user": "extra"}),
    Row("api-space-leave", "POST", leave_api),
    Row("api-space-permissions", "GET", SpaceApi(MEMBERS, 200)),
    Row("api-space-suggestions", "GET", SpaceApi(MEMBERS, 400)),
    Row(
        "api-space-permissions", "POST", SpaceApi(MEMBERS, 201), {"user": "extra", "level": "view"}
    ),
    Row("api-space-permission", "GET", SpaceApi(MEMBERS, 200)),
    Row("api-space-permission", "PATCH", SpaceApi(MEMBERS, 200), {"level": "edit"}),
    Row("api-space-permission", "DELETE", SpaceApi(MEMBERS, 204)),
    Row("api-folders", "GET", SpaceApi(SEE, 200)),
    Row("api-folders", "POST", SpaceApi(FOLDERS, 201), {"name": "Ideas"}),
    Row("api-folder", "GET", SpaceApi(SEE, 200)),
    Row("api-folder", "PATCH", SpaceApi(FOLDERS, 200), {"name": "Ideas"}),
    Row("api-folder", "DELETE", SpaceApi(FOLDERS, 204)),
    Row("api-library-items", "GET", SpaceApi(USE, 200)),
    Row("api-library-item", "PUT", SpaceApi(KEEP, 201), {"elements": [BOX]}),
    Row("api-library-item", "PATCH", SpaceApi(KEEP, 404), {"name": "Box"}),
    Row("api-library-item", "DELETE", SpaceApi(KEEP, 204)),
    Row("api-library-export", "GET", SpaceApi(USE, 200)),
    Row(
        "api-library-import",
        "POST",
        SpaceApi(KEEP, 200),
        {"type": "excalidrawlib", "library": [[BOX]]},
    ),
    Row("space-settings", "GET", SpaceApi(MEMBERS, 200, is_page=True)),
    Row(
        "space-settings",
        "POST",
        SpaceApi(MEMBERS, 302, is_page=True),
        {"operation": "add", "user": "extra", "level": "view"},
    ),
    Row("space-leave", "POST", SpaceApi(SEE, 302, is_page=True)),
    Row("folder-create", "POST", SpaceApi(FOLDERS, 302, is_page=True), {"name": "Ideas"}),
    Row("folder-change", "POST", SpaceApi(FOLDERS, 302, is_page=True), {"name": "Ideas"}),
]


@pytest.fixture
def world(db: None, files_dir: Path) -> World:
    return make_world()


def addresses_of(world: World) -> dict[str, str]:
    space = Space.objects.get()
    folder = {"folder_id": Folder.objects.get().pk}
    own: dict[str, dict[str, Any]] = {
        "folder-change": folder,
        "api-space-permission": {
            "permission_id": space.permissions.get(user__username="space viewer").pk
        },
        "api-folder": folder,
        "api-library-item": {"item_id": uuid4()},
    }
    return {
        row.name: reverse(row.name, kwargs={**_named(row.name, space), **own.get(row.name, {})})
        for row in TABLE
    }


def _named(address: str, space: Space) -> dict[str, Any]:
    return {"library": str(space.pk)} if address in OF_LIBRARY else {"space_id": space.pk}


def test_every_actor_at_every_address_of_a_space(world: World) -> None:
    assert wrong_cells(world, "private", TABLE, addresses_of(world)) == []


def patched(world: World, actor: str, board_id: object, body: dict[str, object]) -> int:
    """What moving a board answers; it leaves no trace."""
    cache.clear()
    with transaction.atomic():
        code = (
            world.clients[actor]
            .patch(f"/api/v1/boards/{board_id}", body, content_type="application/json")
            .status_code
        )
        transaction.set_rollback(True)
    return code


def test_every_actor_moves_the_board(world: World) -> None:
    """Out of its space, into a folder of it, and into a space of someone else."""
    folder = Folder.objects.get()
    other = space_create(owner=world.people["extra"], name="Other", by=_by(world))
    wrong = []
    for actor in LEVELS:
        hidden = 401 if actor not in SIGNED_IN else 404
        if actor in SIGNED_IN and level_of(actor, "private") == NOTHING:
            hidden = 404
        sees = actor in SIGNED_IN and level_of(actor, "private")
        manages = actor in MANAGERS
        out = 200 if manages or actor == "space owner" else 403
        sorts = 200 if actor in {"staff", "owner", "space editor", "space owner"} else 403
        # Others can't name a space that they don't see.
        into = 200 if actor == "staff" else 400
        cells: list[tuple[dict[str, object], int]] = [
            ({"space": None}, out),
            ({"folder": str(folder.pk)}, sorts),
            ({"space": str(other.pk)}, into),
        ]
        for body, expected in cells:
            code = patched(world, actor, world.board.pk, body)
            if code != (expected if sees else hidden):
                wrong.append((actor, body, code, expected if sees else hidden))
    assert wrong == []


def test_who_may_put_their_own_board_into_the_space(world: World) -> None:
    space = Space.objects.get()
    wrong = []
    for actor in (*IN_SPACE, "stranger", "staff"):
        own = make_board(world.people[actor], title="Own")
        level = SPACE_LEVELS.get(actor, NOTHING)
        expected = 400 if level == NOTHING else 200 if level >= 3 else 403
        code = patched(world, actor, own.pk, {"space": str(space.pk)})
        made = world.clients[actor].post(
            "/api/v1/boards",
            {"title": "New", "space": str(space.pk)},
            content_type="application/json",
        )
        if (code, made.status_code) != (expected, 201 if expected == 200 else expected):
            wrong.append((actor, code, made.status_code, expected))
    assert wrong == []


def _by(world: World) -> Any:
    from audit.tests.actors import by

    return by(world.people["extra"])


PAGE = Path(__file__).resolve().parents[2] / "docs" / "spaces.md"
_ROW = re.compile(r"^\| ([^|]+) \|" + r" ([x ]) \|" * OWNER + "$", re.MULTILINE)


def test_the_documentation_has_this_table() -> None:
    said = {
        action: OWNER + 1 - marks.count("x") for action, *marks in _ROW.findall(PAGE.read_text())
    }
    assert said == SPACE_ACTIONS
