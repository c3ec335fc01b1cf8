"""No value in a body, a query or an address makes any address fail, then or afterwards.

Each request in the permission tables is repeated, replacing one field at a time with what programs
and attackers send: numbers that no database holds, half characters, values of another kind.
`CANVAS_TEST_VALUES=all` sends every value to every place.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from boards.tests.matrix import Row
from boards.tests.world import World, make_world
from canvas_project.tests.test_every_address import routes
from canvas_project.tests.test_poisonous_values import (
    ROWS,
    path_of,
    places_in,
    values_for,
    with_poison,
)
from sync.programs.versions import version_create
from sync.tests import test_every_action as of_documents

VALUES = (
    *("1e400", "-1e400", "NaN", "Infinity", "1e308", "1" + "0" * 400, "9223372036854775808", "-1"),
    *('"\\ud800"', '"a\\u0000b"', '""', '"  "', '"\\u202e\\u200b"', '"' + "x" * 60_000 + '"'),
    *("null", "true", "1.5", "[]", "{}", "[[[[]]]]", '{"__proto__":1}', '{"x":1e400,"y":1}'),
    *('{"x":1,"y":"9"}', '{"x":' + "1" * 400 + ',"y":0}', "[1e400]", '["\\ud800"]'),
    "[" * 5000 + "]" * 5000,
)
QUERIES = ("x", "-1", "0", "1e400", "9" * 40, "\x00", "true", "x" * 5000, "[]", "٣")


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path
    made = make_world()
    of_documents.draw(made.board, made.people["owner"])
    version_create(board=made.board, name="First", author=made.people["owner"])
    made.clients["owner"].raise_request_exception = False
    return made


def bodies(body: dict[str, Any]) -> Iterator[bytes]:
    """The body with its values replaced by these: also inner values, and the whole."""
    places = list(places_in(body))
    for number, place in enumerate(places):
        for value in values_for(number, len(places), VALUES):
            yield with_poison(body, place, value).encode()


def failures_afterwards(client: Client, addresses: list[str]) -> list[str]:
    """What can no longer be read."""
    return [path for path in addresses if client.get(path).status_code >= 500]


WITH_BODY = [
    row for row in ROWS if isinstance(row.body, dict) and row.body and not row.content_type
]


@pytest.mark.timeout(600)
def test_no_value_in_a_body_makes_an_address_fail(world: World) -> None:
    client = world.clients["owner"]
    addresses = [path_of(one, world.board) for one in ROWS if one.method == "GET"]
    wrong: list[Any] = []
    for row in WITH_BODY:
        path = path_of(row, world.board)
        for body in bodies(row.body):
            cache.clear()
            with transaction.atomic():
                code = status_of(client, row, path, body)
                found = failures_afterwards(client, addresses) if code < 300 else []
                if code >= 500 or found:
                    wrong.append((str(row), code, body[:80], found))
                transaction.set_rollback(True)
        assert client.get(f"/api/v1/boards/{world.board.pk}").status_code == 200, str(row)
    assert wrong == []


def status_of(client: Client, row: Row, path: str, body: bytes) -> int:
    """What the address answers to the body; of a form, to the body in each of its fields."""
    send = getattr(client, row.method.lower())
    if row.name.startswith("api-"):
        code: int = send(path, body, content_type="application/json").status_code
    else:
        code = send(path, {key: body.decode() for key in row.body}).status_code
    return code


def test_no_query_makes_an_address_fail(world: World) -> None:
    client = world.clients["owner"]
    wrong = []
    addresses = [(str(row), path_of(row, world.board)) for row in ROWS if row.method == "GET"]
    addresses += [(name, reverse(name)) for name in ("home", "api-boards", "api-usage", "login")]
    keys = ("page", "page_size", "q", "sort", "state", "view", "public", "edit", "since", "images")
    for name, path in addresses:
        for value in QUERIES:
            # Beside the query that is there already: without it pictures would be drawn.
            query = f"{'&' if '?' in path else '?'}{urlencode(dict.fromkeys(keys, value))}"
            with transaction.atomic():
                code = client.get(f"{path}{query}").status_code
                transaction.set_rollback(True)
            if code >= 500:
                wrong.append((name, value[:20], code))
    assert wrong == []


def test_no_number_in_an_address_makes_it_fail(world: World) -> None:
    client = world.clients["owner"]
    ids = {"board_id": world.board.pk, "space_id": world.board.space_id}
    wrong = []
    for route in routes():
        numbers = [name for name, one in route.pattern.converters.items() if "Int" in repr(one)]
        if route.name is None or not numbers:
            continue
        missing = {name: ids.get(name, "0") for name in route.pattern.converters}
        for number in ("0", "9" * 18, "9" * 19, "9" * 40):
            path = reverse(str(route.name), kwargs={**missing, **dict.fromkeys(numbers, number)})
            for method in ("get", "post", "patch", "delete"):
                code = getattr(client, method)(path).status_code
                if code >= 500:
                    wrong.append((route.name, method, number, code))
    assert wrong == []
