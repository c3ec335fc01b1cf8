"""The plain page of versions, for a board that can't be opened."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pycrdt import Map

from audit.models import AuditLog
from boards.models import Board
from sync.drawing.scene import elements_of
from sync.programs.documents import document_now
from sync.programs.versions import version_create
from sync.programs.writes import document_change

pytestmark = pytest.mark.django_db(transaction=True)


def put(board: Board, user: User, element_id: str, groups: dict[str, Any]) -> None:
    def change(roots: dict[str, Any]) -> None:
        roots["elements"][element_id] = Map(groups)

    document_change(board=board, user=user, change=change)


def test_an_editor_goes_back_without_opening_the_board(board: Board, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    put(board, alice, "good", {"type": "rectangle", "pos": [0, 0], "size": [9, 9]})
    version = version_create(board=board, name="Before", author=alice)
    put(board, alice, "", {"type": "rectangle", "pos": [1e19, 0], "size": [1e308, 1]})
    put(board, alice, "half", {"strokeColor": "#000000"})
    page = client.get(f"/board/{board.pk}/versions")
    assert b"Before" in page.content
    address = f"/board/{board.pk}/versions/{version.pk}/restore"
    assert address in page.content.decode()
    answer = client.post(address, follow=True)
    assert "restored to this version" in answer.content.decode()
    left = elements_of(document_now(board.pk)[0].content())
    assert [element["id"] for element in left] == ["good"]
    row = AuditLog.objects.filter(action="room_snapshot_restore").latest("pk")
    assert (row.actor, row.data["version"]) == (alice, version.pk)


def test_the_version_of_another_board_is_not_there(board: Board, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    other = Board.objects.create(owner=alice, title="Other")
    version = version_create(board=other, name="x", author=alice)
    address = f"/board/{board.pk}/versions/{version.pk}/restore"
    assert client.post(address).status_code == 404
    assert client.get(address).status_code == 405
