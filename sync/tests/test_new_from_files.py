"""POST /api/v1/boards/import: a new board from a file, or no board at all."""

import base64
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as project_settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from boards.models import Board, BoardFile, Space
from boards.tests.factories import client_of
from boards.tests.uploads import image_bytes
from canvas_project.asgi import is_import
from sync.programs import imports
from sync.programs.documents import document_now
from sync.tests.test_large_files import drawing

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/boards/import"


def sent(client: Client, content: Any, **query: str) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    address = f"{PATH}?{urlencode({'title': 'Plan', **query})}"
    return client.post(address, body, content_type="application/json")


def actions() -> list[str]:
    rows = AuditLog.objects.exclude(action="auth_login").order_by("pk")
    return [row.action for row in rows]


def test_a_file_becomes_a_private_board_of_who_sends_it(alice: User) -> None:
    answer = sent(client_of(alice), drawing(3))
    assert answer.status_code == 201, answer.content
    board = Board.objects.get()
    assert answer.json()["id"] == str(board.pk)
    assert (board.title, board.owner, board.permissions.count()) == ("Plan", alice, 0)
    assert len(document_now(board.pk)[0].content()["elements"]) == 3
    assert actions() == ["room_create", "room_import"]


def test_it_comes_into_a_space_only_from_who_may_edit_it(alice: User, bob: User) -> None:
    space = Space.objects.create(name="Team", owner=alice)
    assert sent(client_of(alice), drawing(1), space=str(space.pk)).status_code == 201
    assert Board.objects.get().space == space
    assert sent(client_of(bob), drawing(1), space=str(space.pk)).status_code in (400, 403)
    assert Board.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not an Excalidraw file"),
        (b"", "not an Excalidraw file"),
        ({"type": "other"}, "not an Excalidraw file"),
        ({"type": "excalidraw", "elements": [{"type": "rectangle", "x": "left"}]}, "Element 1"),
    ],
)
def test_what_is_no_drawing_makes_no_board(content: Any, said: str, alice: User) -> None:
    answer = sent(client_of(alice), content)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Board.objects.exists()


def test_titles_and_unknown_words_are_refused(alice: User) -> None:
    client = client_of(alice)
    assert sent(client, drawing(1), title="").status_code == 400
    assert sent(client, drawing(1), title="x" * 300).status_code == 400
    assert sent(client, drawing(1), folders="x").status_code == 400
    assert not Board.objects.exists()


def test_nothing_is_left_of_a_file_that_fails_half_way(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CANVAS_MAX_BOARD_IMAGES = 1
    png = f"data:image/png;base64,{base64.b64encode(image_bytes()).decode()}"
    shown = {"type": "image", "x": 0, "y": 0, "width": 9, "height": 9}
    content = {
        "type": "excalidraw",
        "elements": [{**shown, "id": name, "fileId": name} for name in "ab"],
        "files": {name: {"dataURL": png} for name in "ab"},
    }
    answer = sent(client_of(alice), content)
    assert answer.status_code == 429
    assert "1 images" in answer.content.decode()
    assert not BoardFile.objects.exists()
    assert not Board.objects.exists()
    assert actions() == ["room_create", "room_delete", "room_purge"]
    monkeypatch.setattr(imports, "elements_create", None)  # a fault, not a refusal
    with pytest.raises(TypeError):
        sent(client_of(alice), drawing(1))
    assert not Board.objects.exists()


def test_strangers_and_people_with_enough_boards_are_refused(
    alice: User, settings: Settings
) -> None:
    assert sent(Client(), drawing(1)).status_code in (401, 403)
    settings.CANVAS_MAX_BOARDS_PER_PERSON = 1
    assert sent(client_of(alice), drawing(1)).status_code == 201
    answer = sent(client_of(alice), drawing(1))
    assert answer.status_code == 429
    assert "1 boards" in answer.content.decode()
    assert Board.objects.count() == 1


def test_it_counts_as_a_whole_board_and_is_limited_in_bytes(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A minute that ended in between would begin another count.
    monkeypatch.setattr("boards.limits.windows.time", SimpleNamespace(time=lambda: 1_000_000_030.0))
    settings.CANVAS_EXPENSIVE_PER_MINUTE = 1
    assert sent(client_of(alice), drawing(1)).status_code == 201
    assert sent(client_of(alice), drawing(1)).status_code == 429
    settings.CANVAS_EXPENSIVE_PER_MINUTE = 100
    settings.CANVAS_MAX_IMPORT_BYTES = 1000
    answer = sent(client_of(alice), drawing(100))
    assert answer.status_code == 413
    assert "0.001 MB" in answer.content.decode()
    assert Board.objects.count() == 1


def test_its_body_is_read_piece_by_piece() -> None:
    assert is_import(PATH)
    assert is_import(f"{PATH}/")
    assert project_settings.CANVAS_MAX_IMPORT_BYTES > 10_000_000
