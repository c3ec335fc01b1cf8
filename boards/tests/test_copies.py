"""Copies of boards: for whom, with which images, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.models import AuditLog
from audit.tests.actors import by
from boards.lifecycle.copies import board_duplicate
from boards.models import Board
from boards.signals import board_duplicated
from boards.tests.factories import client_of
from boards.tests.uploads import add_file

JSON = "application/json"


def test_copies_are_for_who_sees_the_board(board: Board, bob: User, charlie: User) -> None:
    path = f"/api/v1/boards/{board.pk}/duplicate"
    assert client_of(None).post(path).status_code == 401
    assert client_of(charlie).post(path).status_code == 404
    assert client_of(charlie).post(f"/board/{board.pk}/duplicate").status_code == 404
    made = client_of(bob).post(path, {"title": "Mine"}, JSON)
    assert (made.status_code, made.json()["owner"], made.json()["title"]) == (201, "bob", "Mine")
    page = client_of(bob).post(f"/board/{board.pk}/duplicate")
    copy = Board.objects.get(pk=page["Location"].rsplit("/", 1)[1])
    assert (copy.title, copy.permissions.count()) == ("Copy of Roadmap", 0)


def place_image(board: Board, file_id: str) -> None:
    """An image that no element shows is left out of a copy."""
    image = {"type": "image", "x": 0, "y": 0, "width": 9, "height": 9, "fileId": file_id}
    path = f"/api/v1/boards/{board.pk}/elements"
    answer = client_of(board.owner).post(path, {"create": [image]}, "application/json")
    assert answer.status_code == 200, answer.content


def test_a_copy_has_the_images_and_its_keepers_are_told(
    board: Board, bob: User, files_dir: Path
) -> None:
    original = add_file(board, files_dir)
    place_image(board, original.file_id)
    told: list[Any] = []

    def listen(source_id: Any, target_id: Any, **_: Any) -> None:
        told.append((source_id, target_id))

    board_duplicated.connect(listen)
    copy = board_duplicate(board=board, owner=bob, by=by(bob))
    board_duplicated.disconnect(listen)
    assert told == [(board.pk, copy.pk)]
    assert copy.files.get().path.read_bytes() == original.path.read_bytes()
    row = AuditLog.objects.get(action="room_create")
    assert row.data["source_id"] == str(board.pk)


def test_a_copy_that_fails_leaves_nothing(board: Board, bob: User, files_dir: Path) -> None:
    add_file(board, files_dir)

    def fail(**_: Any) -> None:
        raise RuntimeError("the drawing cannot be copied")

    board_duplicated.connect(fail)
    with pytest.raises(RuntimeError):
        board_duplicate(board=board, owner=bob, by=by(bob))
    board_duplicated.disconnect(fail)
    assert Board.objects.count() == 1
    assert [path.name for path in files_dir.iterdir()] == [board.pk.hex]
