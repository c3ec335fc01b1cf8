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
    SIGNED_IN,
    STATES,
    Api,
    Expected,
    Page,
    Row,
    always,
    level_of,
    public_level_of,
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
    return 200 if public_level_of(state, wants_edit=False) else 404


def leave_api(actor: str, state: str) -> int:
    """Only who was given the board himself can give it back."""
    answer = Api("see it", 400)(actor, state)
    return 204 if answer == 400 and actor in GIVEN else answer


def own_comment(ok: int) -> Expected:
    """The comment is the owner's: commenters may not touch it, the owner and staff differ."""

    def expected(actor: str, state: str) -> int:
        answer = Api("write comments", ok, account=False)(actor, state)
        if answer != ok:
            return answer
        allowed = MANAGERS if ok == 204 else {"owner"}
        return ok if actor in allowed else 403

    return expected


def people_api(actor: str, state: str) -> int:
    """Who else was given the board is for those who were, and may comment."""
    answer = Api("see whom to mention", 200)(actor, state)
    return 403 if answer == 200 and actor == "stranger" else answer


PAUSE = {"change": "pause"}
VOTE = {"dots": 3, "objects": ["a"]}
BALLOT = {"vote": "00000000-0000-4000-8000-000000000000", "dots": {"a": 1}, "is_done": False}
COMMENT = {"anchor": {"x": 1, "y": 2}, "body": "Why?", "guest_name": "Gabi"}
REPLY = {"body": "Because", "guest_name": "Gabi"}
INVITED = {"email": "kim@example.org", "level": "view"}
RESOLVE = {"is_resolved": True, "guest_name": "Gabi"}

TABLE = [
    Row("board", "GET", board_page),
    Row("public", "GET", public_page),
    Row("board-thumbnail", "GET", Page("see it", 200)),
    Row("share", "GET", Page("share it", 200)),
    Row("share", "POST", Page("share it", 302), {"operation": "public", "level": "view"}),
    Row("board-activity", "GET", Page("see its activity", 200)),
    Row("token-enter", "POST", always(401), {"token": "x"}),
    Row("link-password", "GET", always(404)),
    Row("link-password", "POST", always(404), {"password": "x"}),
    Row("request-access", "POST", always(302), {"level": "edit", "message": ""}),
    Row("board-leave", "POST", Page("see it", 302)),
    Row("board-duplicate", "POST", Page("copy it", 302)),
    Row("board-rename", "POST", Page("rename it", 302), {"title": "New"}),
    Row("board-trash", "POST", Page("move it to the trash", 302)),
    Row("board-restore", "POST", Page("restore it", 302, in_trash=True)),
    Row("board-star", "POST", Page("star it", 302)),
    Row("api-board", "GET", Api("see it", 200)),
    Row("api-board", "PATCH", Api("rename it", 200), {"title": "New"}),
    Row("api-board", "DELETE", Api("move it to the trash", 204)),
    Row("api-board-restore", "POST", Api("restore it", 200, in_trash=True)),
    Row("api-board-star", "PUT", Api("star it", 204)),
    Row("api-board-star", "DELETE", Api("star it", 204)),
    Row("api-board-lock", "PUT", Api("lock it", 200)),
    Row("api-board-lock", "DELETE", Api("lock it", 204)),
    Row("api-board-transfer", "POST", Api("give it away", 200), {"user": "editor"}),
    Row("api-board-leave", "POST", leave_api),
    Row("api-board-duplicate", "POST", Api("copy it", 201)),
    Row("api-board-activity", "GET", Api("see its activity", 200)),
    Row("api-board-ticket", "POST", Api("follow it live", 201, account=False)),
    Row("api-links", "GET", Api("share it", 200)),
    Row("api-links", "POST", Api("share it", 201), {"level": "view"}),
    Row("api-link", "GET", Api("share it", 200)),
    Row("api-link", "DELETE", Api("share it", 204)),
    Row("api-invitations", "GET", Api("share it", 200)),
    Row("api-invitations", "POST", Api("share it", 201), INVITED),
    Row("api-invitation", "DELETE", Api("share it", 204)),
    Row("api-access-requests", "GET", Api("answer requests", 200)),
    Row("api-access-requests", "POST", always(202, anonymous=401), {"level": "edit"}),
    Row("api-access-request", "POST", Api("answer requests", 200), {"level": None}),
    Row("api-people", "GET", people_api),
    # Without a query, so that the answer is the refusal of one who may ask.
    Row("api-suggestions", "GET", Api("share it", 400)),
    Row("api-permissions", "GET", Api("share it", 200)),
    Row("api-permissions", "POST", Api("share it", 201), {"user": "extra", "level": "view"}),
    Row("api-permission", "GET", Api("share it", 200)),
    Row("api-permission", "PATCH", Api("share it", 200), {"level": "view"}),
    Row("api-permission", "DELETE", Api("share it", 204)),
    Row("api-files", "GET", Api("see it", 200, account=False)),
    Row("api-file", "GET", Api("see it", 200, account=False)),
    Row("api-file", "PUT", Api("upload images", 200, account=False), image_bytes(), "image/png"),
    Row("api-comments", "GET", Api("see it", 200, account=False)),
    Row("api-comments", "POST", Api("write comments", 201, account=False), COMMENT),
    Row("api-comment-thread", "GET", Api("see it", 200, account=False)),
    Row("api-comment-thread", "PATCH", Api("write comments", 200, account=False), RESOLVE),
    Row("api-comment-thread", "DELETE", own_comment(204)),
    Row("api-replies", "POST", Api("write comments", 201, account=False), REPLY),
    Row("api-reply", "PATCH", own_comment(200), {"body": "Better"}),
    Row("api-reply", "DELETE", own_comment(204)),
    # No workshop is on: that is what those are told who may do it.
    Row("api-workshop", "GET", Api("see it", 200, account=False)),
    Row("api-workshop", "DELETE", Api("run a workshop", 200, account=False)),
    # Guests who may edit have opened the page, so their browsers can be told apart.
    Row("api-workshop-lead", "POST", Api("run a workshop", 200, account=False)),
    Row("api-workshop-lead", "DELETE", Api("run a workshop", 409, account=False)),
    Row("api-workshop-timer", "PUT", Api("run a workshop", 409, account=False), {"seconds": 60}),
    Row("api-workshop-timer", "PATCH", Api("run a workshop", 409, account=False), PAUSE),
    Row("api-workshop-timer", "DELETE", Api("run a workshop", 409, account=False)),
    Row("api-workshop-vote", "PUT", Api("run a workshop", 409, account=False), VOTE),
    Row("api-workshop-vote", "POST", Api("run a workshop", 409, account=False)),
    Row("api-workshop-vote", "DELETE", Api("run a workshop", 409, account=False)),
    Row("api-workshop-ballot", "PUT", Api("vote", 409, account=False), BALLOT),
    Row("api-workshop-writing", "PUT", Api("run a workshop", 409, account=False)),
    Row("api-workshop-writing", "DELETE", Api("run a workshop", 409, account=False)),
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
