"""Every actor, every state of a board, every address and method that `boards` serves of a board.

The expected answer of each cell follows from the small tables of `matrix.py`. An address or a
method without a row fails `canvas_project/tests/test_every_address.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from boards.tests.factories import client_of
from boards.tests.matrix import (
    GIVEN,
    MANAGERS,
    PUBLIC,
    SIGNED_IN,
    STATES,
    Expected,
    Row,
    always,
    api,
    api_managers,
    level_of,
    page,
    page_managers,
)
from boards.tests.uploads import image_bytes
from boards.tests.world import World, address_of, ask, make_world, wrong_cells


def board_page(actor: str, state: str) -> int:
    """The board itself, also for people without an account."""
    if level_of(actor, state):
        return 200
    return 404 if actor in SIGNED_IN else 302


def public_page(actor: str, state: str) -> int:
    """The public link gives the same to everybody."""
    return 200 if PUBLIC.get(state, 0) else 404


def leave_api(actor: str, state: str) -> int:
    """Only who was given the board himself can give it back."""
    answer = api(1, 400)(actor, state)
    return 204 if answer == 400 and actor in GIVEN else answer


def own_comment(ok: int) -> Expected:
    """The comment is the owner's: commenters may not touch it, the owner and staff differ."""

    def expected(actor: str, state: str) -> int:
        answer = api(2, ok, account=False)(actor, state)
        if answer != ok:
            return answer
        allowed = MANAGERS if ok == 204 else {"owner"}
        return ok if actor in allowed else 403

    return expected


def people_api(actor: str, state: str) -> int:
    """Who else was given the board is for those who were, and may comment."""
    answer = api(2, 200)(actor, state)
    return 403 if answer == 200 and actor == "stranger" else answer


COMMENT = {"anchor": {"x": 1, "y": 2}, "body": "Why?", "guest_name": "Gabi"}
REPLY = {"body": "Because", "guest_name": "Gabi"}
RESOLVE = {"is_resolved": True, "guest_name": "Gabi"}

TABLE = [
    Row("board", "GET", board_page),
    Row("public", "GET", public_page),
    Row("board-thumbnail", "GET", page(200)),
    Row("share", "GET", page_managers(200)),
    Row("share", "POST", page_managers(302), {"operation": "public", "level": "view"}),
    Row("board-activity", "GET", page_managers(200)),
    Row("token-enter", "POST", always(401), {"token": "x"}),
    Row("link-password", "GET", always(404)),
    Row("link-password", "POST", always(404), {"password": "x"}),
    Row("request-access", "POST", always(302), {"level": "edit", "message": ""}),
    Row("board-leave", "POST", page(302)),
    Row("board-duplicate", "POST", page(302)),
    Row("board-rename", "POST", page_managers(302), {"title": "New"}),
    Row("board-trash", "POST", page_managers(302)),
    Row("board-restore", "POST", page_managers(302, in_trash=True)),
    Row("api-board", "GET", api(1, 200)),
    Row("api-board", "PATCH", api_managers(200), {"title": "New"}),
    Row("api-board", "DELETE", api_managers(204)),
    Row("api-board-restore", "POST", api_managers(200, in_trash=True)),
    Row("api-board-lock", "PUT", api_managers(200)),
    Row("api-board-lock", "DELETE", api_managers(204)),
    Row("api-board-transfer", "POST", api_managers(200), {"user": "editor"}),
    Row("api-board-leave", "POST", leave_api),
    Row("api-board-duplicate", "POST", api(1, 201)),
    Row("api-board-activity", "GET", api_managers(200)),
    Row("api-board-ticket", "POST", api(1, 201, account=False)),
    Row("api-links", "GET", api_managers(200)),
    Row("api-links", "POST", api_managers(201), {"level": "view"}),
    Row("api-link", "GET", api_managers(200)),
    Row("api-link", "DELETE", api_managers(204)),
    Row("api-access-requests", "GET", api_managers(200)),
    Row("api-access-requests", "POST", always(202, anonymous=401), {"level": "edit"}),
    Row("api-access-request", "POST", api_managers(200), {"level": None}),
    Row("api-people", "GET", people_api),
    Row("api-permissions", "GET", api_managers(200)),
    Row("api-permissions", "POST", api_managers(201), {"user": "extra", "level": "view"}),
    Row("api-permission", "GET", api_managers(200)),
    Row("api-permission", "PATCH", api_managers(200), {"level": "view"}),
    Row("api-permission", "DELETE", api_managers(204)),
    Row("api-files", "GET", api(1, 200, account=False)),
    Row("api-file", "GET", api(1, 200, account=False)),
    Row("api-file", "PUT", api(3, 200, account=False), image_bytes(), "image/png"),
    Row("api-comments", "GET", api(1, 200, account=False)),
    Row("api-comments", "POST", api(2, 201, account=False), COMMENT),
    Row("api-comment-thread", "GET", api(1, 200, account=False)),
    Row("api-comment-thread", "PATCH", api(2, 200, account=False), RESOLVE),
    Row("api-comment-thread", "DELETE", own_comment(204)),
    Row("api-replies", "POST", api(2, 201, account=False), REPLY),
    Row("api-reply", "PATCH", own_comment(200), {"body": "Better"}),
    Row("api-reply", "DELETE", own_comment(204)),
]


@pytest.fixture
def world(db: None, files_dir: Path) -> World:
    return make_world()


@pytest.mark.parametrize("state", STATES)
def test_every_actor_at_every_address(world: World, state: str) -> None:
    addresses = {row.name: address_of(row.name, world.board) for row in TABLE}
    assert wrong_cells(world, state, TABLE, addresses) == []


def test_a_bad_token_is_refused_whoever_has_the_session(world: World) -> None:
    client = world.clients["owner"]
    client.defaults["HTTP_AUTHORIZATION"] = "Bearer nonsense"
    for row in TABLE:
        if row.name.startswith("api-"):
            assert ask(client, row, address_of(row.name, world.board)) == 401, str(row)


def test_head_answers_as_get_and_options_tells_nothing(world: World) -> None:
    for row in TABLE:
        path = address_of(row.name, world.board)
        if row.method == "GET":
            for actor in ("owner", "stranger", "anonymous"):
                got = world.clients[actor].get(path).status_code
                head = world.clients[actor].head(path)
                assert (head.status_code, head.content) == (got, b""), str(row)
        missing = path.replace(str(world.board.pk), "00000000-0000-4000-8000-000000000000")
        answers = [client_of(None).options(where) for where in (path, missing)]
        assert answers[0].status_code == answers[1].status_code, str(row)
        assert answers[0].content == answers[1].content, str(row)
