"""Every address and method has a row in the permission tables.

The tables for boards are in `boards/tests/test_every_action.py` and
`sync/tests/test_every_action.py`; here are the addresses that are not about a board, and the check
that nothing was left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.fixtures import Settings

from boards.lifecycle.templates import BoardTemplate
from boards.tests import test_every_action as of_boards
from boards.tests import test_every_space_action as of_spaces
from boards.tests.factories import PASSWORD
from boards.tests.matrix import ACTIONS, Expected, Row, always
from boards.tests.world import World, address_of, ask, make_world, wrong_cells
from canvas_project.tests import account_addresses as of_accounts
from sync.programs.versions import version_create
from sync.tests import test_every_action as of_documents

NEW_TOKEN = {"name": "CI bot", "scopes": ["boards:read"]}
NEW_WEBHOOK = {"name": "CI", "url": "https://ci.example/", "events": ["board.created"]}
SIGN_IN = {"username": "alice", "password": PASSWORD}


def staff_only(ok: int, otherwise: int) -> Expected:
    """The same for every board."""

    def expected(actor: str, state: str) -> int:
        return ok if actor == "staff" else otherwise

    return expected


TABLE = [
    Row("healthz", "GET", always(200)),
    Row("readyz", "GET", always(200)),
    Row("metrics", "GET", staff_only(200, 404)),
    Row("admin-status", "GET", staff_only(200, 302)),
    Row("service-worker", "GET", always(200)),
    Row("first-start", "GET", always(302)),  # there are users already
    Row("first-start", "POST", always(302)),
    Row("invitation", "GET", always(403)),  # none of ours
    Row("invitation", "POST", always(403)),
    Row("home", "GET", always(200, anonymous=302)),
    Row("language", "POST", always(302), {"language": "de"}),
    Row("board-create", "POST", always(302, anonymous=302), {"title": "New"}),
    Row("boards-chosen", "POST", always(302), {"operation": "star"}),
    Row("space-create", "POST", always(302), {"name": "New"}),
    Row("template-picture", "GET", always(200, anonymous=302)),
    Row("api-schema", "GET", always(200)),
    Row("api-token", "POST", always(401), of_accounts.BAD_SIGN_IN),
    Row("api-boards", "GET", always(200, anonymous=401)),
    Row("api-program-tokens", "GET", always(200, anonymous=401)),
    Row("api-program-tokens", "POST", always(201, anonymous=401), NEW_TOKEN),
    Row("api-program-token", "DELETE", always(404, anonymous=401)),  # of nobody
    Row("api-webhooks", "GET", always(200, anonymous=401)),
    Row("api-webhooks", "POST", always(201, anonymous=401), NEW_WEBHOOK),
    *(
        Row(name, method, always(404, anonymous=401))  # of nobody
        for name, method in (
            ("api-webhook", "GET"),
            ("api-webhook", "PATCH"),
            ("api-webhook", "DELETE"),
            ("api-webhook-secret", "POST"),
            ("api-webhook-test", "POST"),
            ("api-deliveries", "GET"),
            ("api-redeliver", "POST"),
        )
    ),
    Row("api-usage", "GET", always(200, anonymous=401)),
    Row("api-search", "GET", always(400, anonymous=401)),
    Row("api-notifications", "GET", always(200, anonymous=401)),
    Row("api-notifications-read", "POST", always(200, anonymous=401)),
    Row("api-own-boards", "GET", always(200, anonymous=401)),
    Row("api-boards", "POST", always(201, anonymous=401), {"title": "New"}),
    # Its file is sent in sync/tests/test_new_from_files.py.
    Row("api-board-from-file", "POST", always(400, anonymous=401)),
    Row("api-libraries", "GET", always(200, anonymous=401)),
    Row("api-spaces", "GET", always(200, anonymous=401)),
    Row("api-spaces", "POST", always(201, anonymous=401), {"name": "New"}),
]
_MISSING = "00000000-0000-4000-8000-000000000000"
NAMED: dict[str, dict[str, Any]] = {
    "template-picture": {"name": BoardTemplate.values[0]},
    "invitation": {"token": "x"},
    "api-program-token": {"token_id": _MISSING},
    "api-webhook": {"webhook_id": _MISSING},
    "api-webhook-secret": {"webhook_id": _MISSING},
    "api-webhook-test": {"webhook_id": _MISSING},
    "api-deliveries": {"webhook_id": _MISSING},
    "api-redeliver": {"webhook_id": _MISSING, "delivery_id": _MISSING},
}
"""What the addresses of the table are about."""
TABLES = (TABLE, of_accounts.TABLE, of_boards.TABLE, of_documents.TABLE, of_spaces.TABLE)


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "sw.js").write_text("// the service worker")
    return make_world()


def addresses() -> dict[str, str]:
    """An address of each row of the table."""
    return {row.name: reverse(row.name, kwargs=NAMED.get(row.name)) for row in TABLE}


def test_every_actor_at_the_addresses_of_no_board(world: World) -> None:
    assert wrong_cells(world, "private", TABLE, addresses()) == []


def test_every_actor_at_the_addresses_around_signing_in(world: World) -> None:
    assert wrong_cells(world, "private", of_accounts.TABLE, of_accounts.addresses()) == []


def test_a_token_for_who_knows_the_password(world: World) -> None:
    client = world.clients["anonymous"]
    response = client.post(reverse("api-token"), SIGN_IN, content_type="application/json")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


def routes(patterns: Any = None) -> Iterator[URLPattern]:
    """All but the admin's, which has a table of its own."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif isinstance(pattern, URLResolver) and pattern.app_name != "admin":
            yield from routes(pattern.url_patterns)


VALUES: dict[str, Any] = {
    "file_id": "abc",
    "name": "any",
    "permission_id": 1,
    "request_id": 1,
    "version_id": 1,
}


def path_of(route: URLPattern) -> str:
    """Some address of the route."""
    names = route.pattern.converters
    own = of_accounts.VALUES.get(str(route.name), {})
    return reverse(
        str(route.name), kwargs={name: VALUES.get(name, _MISSING) for name in names} | own
    )


def test_every_address_and_method_has_a_row(world: World) -> None:
    rows = {(row.name, row.method) for table in TABLES for row in table}
    client = world.clients["staff"]
    found = set()
    for route in routes():
        if route.name is None:  # the other spelling of the one before it
            continue
        response = client.generic("PROPFIND", path_of(route))
        assert response.status_code == 405, f"{route.name} does not say which methods it takes"
        allowed = {method.strip() for method in response["Allow"].split(",")}
        found |= {(route.name, method) for method in allowed - {"HEAD", "OPTIONS"}}
    assert found - rows == set(), "add a row for each to its table"
    done = {getattr(row.expected, "action", None) for table in TABLES for row in table}
    own = {"see whom to mention"}  # its answer depends on more than the level
    assert ACTIONS.keys() - done == own, "nothing does these"
    assert rows - found == set(), "these rows are about nothing"


def test_a_missing_board_answers_as_a_private_one(world: World) -> None:
    """For those who may see neither."""
    of_documents.draw(world.board, world.people["owner"])
    version_create(board=world.board, name="First", author=world.people["owner"])
    addresses = of_documents.addresses_of(world.board)
    addresses |= {row.name: address_of(row.name, world.board) for row in of_boards.TABLE}
    told = []
    for table in (of_boards.TABLE, of_documents.TABLE):
        for row in table:
            path = addresses[row.name]
            missing = path.replace(str(world.board.pk), str(uuid.uuid4()))
            for actor in ("stranger", "anonymous"):
                answers = [answer_of(world.clients[actor], row, at) for at in (path, missing)]
                if answers[0] != answers[1]:
                    told.append((str(row), actor, answers))
    assert told == []


def test_a_missing_board_takes_the_queries_of_a_private_one(world: World) -> None:
    missing = str(uuid.uuid4())
    for name in ("board", "public", "share", "api-board", "api-comments", "api-elements"):
        path = reverse(name, args=[world.board.pk])
        for actor in ("stranger", "anonymous"):
            world.clients[actor].get(path)  # now and then a session is renewed, a count swept
            asked = []
            for at in (path, path.replace(str(world.board.pk), missing)):
                with CaptureQueriesContext(connection) as queries:
                    world.clients[actor].get(at)
                asked.append([query["sql"] for query in queries])
            assert len(asked[0]) == len(asked[1]), (name, actor, *asked)


def answer_of(client: Client, row: Row, path: str) -> int:
    cache.clear()
    with transaction.atomic():
        code = ask(client, row, path)
        transaction.set_rollback(True)
    return code


def test_the_other_spelling_is_the_same_view() -> None:
    by_pattern = {str(route.pattern): route for route in routes()}
    for pattern, route in by_pattern.items():
        if route.name is None:
            twin = by_pattern[pattern.rstrip("/")]
            views = [getattr(one.callback, "cls", one.callback) for one in (route, twin)]
            assert views[0] is views[1], pattern
