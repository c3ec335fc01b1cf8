"""Every actor, every state of a board, every address and method of its document and versions.

The tables are those of `boards/tests/matrix.py`.
"""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from pycrdt import Map

from boards.models import Board
from boards.tests.matrix import STATES, Api, Page, Row
from boards.tests.world import World, ask, make_world, wrong_cells
from sync.drawing.scene import elements_create
from sync.programs.versions import version_create
from sync.programs.writes import document_change
from sync.tests.histories import Author

BINARY = "application/octet-stream"
RECTANGLE = {"type": "rectangle", "x": 10, "y": 20, "width": 30, "height": 40}
DRAWING = {"type": "excalidraw", "elements": [{**RECTANGLE, "id": "e3"}]}


def update_of_an_author() -> bytes:
    author = Author()
    author.elements["e2"] = Map({"type": "rectangle"})
    return author.updates[-1]


TABLE = [
    Row("api-document", "GET", Api("see it", 200)),
    Row("api-document", "POST", Api("draw", 200), update_of_an_author(), BINARY),
    Row("api-elements", "GET", Api("see it", 200)),
    Row("api-elements", "POST", Api("draw", 200), {"create": [RECTANGLE]}),
    Row("api-export", "GET", Api("see it", 200)),
    # Asked with an option that is none, for nothing to be drawn: test_drawn.py draws.
    *(Row(f"api-export-{kind}", "GET", Api("see it", 400)) for kind in ("svg", "png", "pdf")),
    Row("api-import", "POST", Api("draw", 200), DRAWING),
    Row("api-versions", "GET", Api("restore versions", 200)),
    Row("api-versions", "POST", Api("restore versions", 201), {"name": "Before lunch"}),
    Row("api-version", "GET", Api("restore versions", 200)),
    Row("api-version", "PATCH", Api("restore versions", 200), {"name": "After lunch"}),
    Row("api-version-restore", "POST", Api("restore versions", 200)),
    Row("board-versions", "GET", Page("restore versions", 200)),
    Row("board-version-restore", "POST", Page("restore versions", 302)),
]


def draw(board: Board, user: User) -> None:
    def change(roots: dict[str, Any]) -> None:
        elements_create(roots, [{**RECTANGLE, "id": "e1"}])

    document_change(board=board, user=user, change=change)


@pytest.fixture
def world(db: None, settings: pytest.FixtureRequest, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path  # type: ignore[attr-defined]
    made = make_world()
    draw(made.board, made.people["owner"])
    version_create(board=made.board, name="First", author=made.people["owner"])
    return made


def addresses_of(board: Board, *, are_drawn: bool = False) -> dict[str, str]:
    """Pictures are asked for with an option that is none, unless they are to be drawn."""
    version = {"version_id": board.versions.get().pk}
    names = ("api-version", "api-version-restore", "board-version-restore")
    own = dict.fromkeys(names, version)
    return {
        row.name: reverse(row.name, kwargs={"board_id": board.pk, **own.get(row.name, {})})
        + ("?padding=none" if row.name.startswith("api-export-") and not are_drawn else "")
        for row in TABLE
    }


@pytest.mark.parametrize("state", STATES)
def test_every_actor_at_every_address(world: World, state: str) -> None:
    assert wrong_cells(world, state, TABLE, addresses_of(world.board)) == []


def test_a_bad_token_is_refused_whoever_has_the_session(world: World) -> None:
    client = world.clients["owner"]
    client.defaults["HTTP_AUTHORIZATION"] = "Bearer nonsense"
    addresses = addresses_of(world.board)
    for row in (row for row in TABLE if row.name.startswith("api-")):
        assert ask(client, row, addresses[row.name]) == 401, str(row)
