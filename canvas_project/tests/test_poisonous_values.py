"""Values that nobody expects, in the bodies and addresses of the permission tables of boards and
of documents.

Each is refused or kept, and none is an error of the server's own. After it was kept, the address
that took it and the board itself still answer JSON that every reader takes. Of each body every
place gets some of the values, and together the places get all of them; `CANVAS_TEST_VALUES=all`
sends every value to every place. In the addresses of reading, the parts of the path and the
parameters in `PARAMETERS` get those of `IN_ADDRESSES` in the same way.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from audit.origin import request_of_scope
from boards.models import Board
from boards.tests import test_every_action as of_boards
from boards.tests.matrix import Row
from boards.tests.world import World, address_of, make_world
from canvas_project.asgi import application
from sync.programs.versions import version_create
from sync.tests import test_every_action as of_sync

NUMBERS = ["1e400", "-1e400", "1" + "0" * 400, str(2**63), "-1", "5e-324"]
TEXTS = [r'"\u0000"', r'"\ud800"', r'"\u202e\u2028"', '""', f'"{"x" * 20_000}"']
OTHERS = ["null", "true", "[]", "{}", '{"__proto__":{"a":1}}', "[" * 90 + "]" * 90]
MOMENTS = ['"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '"9999-12-31T23:59:59Z"']
POISON = [*NUMBERS, *TEXTS, *OTHERS, *MOMENTS]
PLACES_SHARE = 4
IN_ADDRESSES = ["%00", "%ED%A0%80", "%FF", "1e400", "9" * 400, "-1", str(2**63), "%E2%80%AE"]
PARAMETERS = ["page", "page_size", "public", "edit", "trashed", "resolved", "token", "v", "format"]
ELEMENT = {
    "id": "e9",
    "type": "line",
    "x": 1,
    "y": 2,
    "points": [[0, 0], [1, 1]],
    "groupIds": ["g"],
    "customData": {"a": 1},
    "startBinding": {"elementId": "e1", "focus": 0, "gap": 1},
    "link": "https://a.example",
}
FULL_BODIES: dict[str, dict[str, Any]] = {
    "api-links": {"level": "view", "label": "a", "password": "secret-12", "expires_at": None},
    "api-access-requests": {"level": "edit", "message": "Please"},
    "api-access-request": {"level": "view"},
    "api-board-duplicate": {"title": "Copy"},
    "api-elements": {"create": [ELEMENT], "update": [{"id": "e1", "x": 5}], "delete": ["e2"]},
    "api-import": {
        "type": "excalidraw",
        "elements": [ELEMENT],
        "appState": {"viewBackgroundColor": "#ffffff"},
        "files": {},
    },
}
"""Where the tables of actors send less than everything."""
ROWS = [*of_boards.TABLE, *of_sync.TABLE]
WITH_BODY = [
    row
    for row in ROWS
    if row.method in ("POST", "PUT", "PATCH") and isinstance(row.body, dict)
    if row.body or row.name in FULL_BODIES
]


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path
    made = make_world()
    of_sync.draw(made.board, made.people["owner"])
    version_create(board=made.board, name="v", author=made.people["owner"])
    return made


@pytest.fixture
def client(world: World) -> Client:
    owner = world.clients["owner"]
    owner.raise_request_exception = False
    return owner


def path_of(row: Row, board: Board) -> str:
    if row in of_boards.TABLE:
        return address_of(row.name, board)
    addresses: dict[str, str] = of_sync.addresses_of(board)
    return addresses[row.name]


def places_in(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a body."""
    yield way
    if isinstance(value, dict):
        for key, one in value.items():
            yield from places_in(one, (*way, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from places_in(one, (*way, number))


def values_for(number: int, places: int, values: Sequence[str]) -> Sequence[str]:
    """Those of the values that the place of this number, of so many, gets."""
    if os.environ.get("CANVAS_TEST_VALUES") == "all":
        return values
    share = min(places, PLACES_SHARE)
    return values[number % share :: share]


def with_poison(body: Any, place: tuple[Any, ...], poison: str) -> str:
    """The body as JSON, with the poison at this place."""
    if not place:
        return poison
    copy = json.loads(json.dumps(body))
    holder = copy
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = "POISON"
    return json.dumps(copy).replace('"POISON"', poison)


def fault_in(response: Any) -> str:
    """What is wrong with an answer, if anything is."""
    if response.status_code >= 500:
        return f"answers {response.status_code}"
    if not response.headers.get("Content-Type", "").startswith("application/json"):
        return ""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    try:
        json.loads(content or b"null", parse_constant=lambda name: json.loads(name.lower()))
    except ValueError:
        return f"answers what is no JSON: {content[:100]!r}"
    return ""


def faults_after(client: Client, board: Board, path: str, response: Any) -> Iterator[str]:
    yield fault_in(response)
    if response.status_code < 300:
        whole = f"/api/v1/boards/{board.pk}"
        for read in {path, f"{whole}/elements" if path.endswith("import") else whole}:
            if fault := fault_in(client.get(read)):
                yield f"then GET {read} {fault}"


def send(client: Client, row: Row, path: str, body: Any, place: Any, poison: str) -> Any:
    cache.clear()  # no request uses up what another one may do
    ask = getattr(client, row.method.lower())
    if row.name.startswith("api-"):
        return ask(path, with_poison(body, place, poison), content_type="application/json")
    text = str(json.loads(poison)).encode("utf-8", "surrogatepass")
    return ask(path, {**body, place[0]: text})


@pytest.mark.timeout(600)
def test_in_every_body(world: World, client: Client) -> None:
    faults = []
    for row in WITH_BODY:
        body = FULL_BODIES.get(row.name, row.body)
        path = path_of(row, world.board)
        # Of a form only its fields are places.
        places = list(places_in(body)) if row.name.startswith("api-") else [(key,) for key in body]
        for number, place in enumerate(places):
            for poison in values_for(number, len(places), POISON):
                with transaction.atomic():
                    response = send(client, row, path, body, place, poison)
                    for fault in faults_after(client, world.board, path, response):
                        if fault:
                            faults.append((str(row), place, poison[:40], fault))
                    transaction.set_rollback(True)
        assert client.get(f"/api/v1/boards/{world.board.pk}").status_code == 200, str(row)
    assert faults == []


@pytest.mark.timeout(600)
def test_in_every_address(world: World, client: Client) -> None:
    faults = []
    for first, row in enumerate(row for row in ROWS if row.method == "GET"):
        path = path_of(row, world.board)
        parts = path.strip("/").split("/")
        places = [f"/{'/'.join([*parts[:n], '{}', *parts[n + 1 :]])}" for n in range(len(parts))]
        places += [f"{path}?{name}={{}}" for name in PARAMETERS]
        for number, place in enumerate(places, first):
            for poison in values_for(number, len(places), IN_ADDRESSES):
                cache.clear()
                with transaction.atomic():
                    if fault := fault_in(client.get(place.format(poison))):
                        faults.append((str(row), place[-60:], poison[:40], fault))
                    transaction.set_rollback(True)
        assert client.get(f"/api/v1/boards/{world.board.pk}").status_code == 200, str(row)
    assert faults == []


CHARSETS = ["bz2", "punycode", "undefined", "utf-16", "rot13", '"zip"', "nonsense", "utf-8,bz2"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.django_db(transaction=True)
async def test_in_the_charset(method: str, charset: str) -> None:
    """Errors of the server's own, or minutes of work for a body of a megabyte."""
    path = "/api/v1/auth/token"
    assert await status_of(path, method, f"application/json; charset={charset}") == 415
    assert await status_of(path, method, "application/json; charset=UTF-8") in (400, 405)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "x-gzip, identity", "a" * 500])
@pytest.mark.django_db(transaction=True)
async def test_in_the_content_encoding(coding: str) -> None:
    """The body would be parsed as it came, and the client told that its JSON is wrong."""
    path, kind = "/api/v1/auth/token", "application/json"
    headers = [(b"content-type", kind.encode()), (b"Content-Encoding", coding.encode())]
    answer = await answer_to(path, "POST", headers)
    assert (answer["status"], dict(answer["headers"])[b"accept-encoding"]) == (415, b"identity")
    plain = [headers[0], (b"content-encoding", b"Identity")]
    assert (await answer_to(path, "POST", plain))["status"] == 400


async def status_of(path: str, method: str, content_type: str) -> int:
    answer = await answer_to(path, method, [(b"content-type", content_type.encode())])
    return int(answer["status"])


async def answer_to(path: str, method: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    headers = [(b"host", b"localhost"), *headers]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"page=%C3%A9",
        "headers": headers,
        "client": ("127.0.0.1", 5),
    }
    communicator: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    await communicator.send_input({"type": "http.request", "body": b"{}"})
    answer: dict[str, Any] = await communicator.receive_output(timeout=10)
    return answer


def test_in_the_charset_of_a_handshake() -> None:
    headers = [(b"content-type", b"text/plain; charset=bz2"), (b"host", b"localhost")]
    scope = {"type": "websocket", "path": "/ws/canvas/x", "query_string": b"token=%C3%A9"}
    request = request_of_scope({**scope, "headers": headers})
    assert request.GET["token"] == "é"
