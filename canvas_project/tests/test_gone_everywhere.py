"""At every address: what it is about is deleted after the request has found it. 404, no error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from boards.access.spaces import resolve_space_access
from boards.entry.board import find_board
from boards.models import Board, Space
from boards.tests import test_every_action as of_boards
from boards.tests import test_every_space_action as of_spaces
from boards.tests.matrix import Row
from boards.tests.world import World, address_of, ask, enter_state, make_world
from sync.models import DocumentSnapshot, DocumentUpdate
from sync.programs.versions import version_create
from sync.tests import test_every_action as of_documents


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path
    made = make_world()
    of_documents.draw(made.board, made.people["owner"])
    version_create(board=made.board, name="First", author=made.people["owner"])
    for client in made.clients.values():
        client.raise_request_exception = False
    return made


def gone_after(original: Callable[..., Any], gone: Callable[[], Any]) -> Callable[..., Any]:
    """The same, once more; then what it found is gone."""

    def find(*args: Any, **options: Any) -> Any:
        found = original(*args, **options)
        gone()
        return found

    return find


def rows_of_nothing() -> str:
    """What a database would refuse when the transaction of a request ends."""
    try:
        connection.check_constraints()
    except IntegrityError as error:
        return str(error)
    return ""


def failures(world: World, actor: str, rows: list[Row], addresses: dict[str, str]) -> list[Any]:
    """The addresses that answer with an error of the server's own; each leaves no trace."""
    wrong = []
    for row in rows:
        cache.clear()
        with transaction.atomic():
            code = ask(world.clients[actor], row, addresses[row.name])
            left = rows_of_nothing() if code < 400 else ""
            transaction.set_rollback(True)
        if code >= 500 or left:
            wrong.append((str(row), code, left))
    return wrong


@pytest.mark.parametrize("state", ["private", "trashed"])
def test_a_board_that_is_purged_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    rows = [*of_boards.TABLE, *of_documents.TABLE]
    addresses = {row.name: address_of(row.name, world.board) for row in of_boards.TABLE}
    addresses |= of_documents.addresses_of(world.board)
    enter_state(world.board, state)
    purge = Board.objects.filter(pk=world.board.pk).delete
    monkeypatch.setattr("boards.entry.board.find_board", gone_after(find_board, purge))
    assert failures(world, "owner", rows, addresses) == []


def test_a_space_that_is_deleted_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = of_spaces.addresses_of(world)
    space = world.board.space
    assert space is not None

    def delete() -> None:
        Board.objects.filter(space=space).update(space=None, folder=None)
        Space.objects.filter(pk=space.pk).delete()

    gone = gone_after(resolve_space_access, delete)
    monkeypatch.setattr("boards.spaces.entry.resolve_space_access", gone)
    assert failures(world, "space owner", of_spaces.TABLE, addresses) == []


def test_a_damaged_board_is_not_copied(world: World) -> None:
    DocumentUpdate.objects.filter(board=world.board).update(payload=b"nonsense")
    DocumentSnapshot.objects.filter(board=world.board).delete()
    for name in ("board-duplicate", "api-board-duplicate"):
        path = address_of(name, world.board)
        answer = world.clients["owner"].post(path, {}, content_type="application/json")
        assert answer.status_code == 503, name
    assert Board.objects.filter(owner=world.people["owner"], title__startswith="Copy").count() == 0
