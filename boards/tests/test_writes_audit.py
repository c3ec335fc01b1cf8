"""Who writes to a board by requests leaves one row for each kind of write and visit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from audit.origin import RequestOrigin
from audit.tests.actors import by
from boards.access.resolve import resolve_access
from boards.comments.services import author_of_user, thread_create
from boards.levels import AccessLevel
from boards.models import Board, Visit
from boards.tests.factories import PASSWORD, board_rows, client_of, make_board
from boards.tests.uploads import image_bytes
from boards.visits.record import end_old_visits, visit_open, visit_write

pytestmark = pytest.mark.django_db
JSON = "application/json"


def written() -> list[str]:
    rows = board_rows().filter(action="room_write").order_by("pk")
    return [row.data["what"] for row in rows]


def comments_of(board: Board) -> str:
    return f"/api/v1/boards/{board.pk}/comments"


def say(client: Client, board: Board, body: str = "Why?", query: str = "") -> Any:
    data = {"anchor": {"x": 1, "y": 2}, "body": body, "guest_name": "Gabi"}
    response = client.post(comments_of(board) + query, data, content_type=JSON)
    assert response.status_code == 201
    return response.json()


def test_each_kind_of_write_to_comments_is_one_row(board: Board, bob: User) -> None:
    client, base = client_of(bob), comments_of(board)
    threads = [say(client, board) for _ in range(3)]
    assert written() == ["comment"]
    first = f"{base}/{threads[0]['id']}"
    said = f"{first}/replies/{threads[0]['comments'][0]['id']}"
    for _ in range(2):
        client.post(f"{first}/replies", {"body": "So"}, content_type=JSON)
        client.patch(said, {"body": "Better"}, content_type=JSON)
        client.patch(first, {"is_resolved": True}, content_type=JSON)
    client.delete(f"{base}/{threads[1]['id']}")
    client.delete(f"{base}/{threads[2]['id']}/replies/{threads[2]['comments'][0]['id']}")
    assert written() == [
        "comment",
        "comment_reply",
        "comment_edit",
        "comment_resolve",
        "comment_delete",
    ]
    access = board_rows().get(action="room_access")
    for row in board_rows().filter(action="room_write"):
        assert (row.actor, row.level, row.connection_id) == (bob, "edit", access.connection_id)


def test_the_leave_says_what_was_written(board: Board, bob: User) -> None:
    say(client_of(bob), board)
    Visit.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    end_old_visits()
    assert board_rows().get(action="room_leave").data["wrote"] == ["comment"]
    say(client_of(bob), board)
    assert written() == ["comment", "comment"]  # another visit


def test_a_token_is_a_visit_of_its_own(board: Board, bob: User) -> None:
    say(client_of(bob), board)
    answer = Client().post(
        "/api/v1/auth/token", {"username": "bob", "password": PASSWORD}, content_type=JSON
    )
    token = {"Authorization": f"Bearer {answer.json()['access']}"}
    client = Client(headers=token)
    say(client, board)
    rows = board_rows().filter(action__in=("room_access", "room_write")).order_by("pk")
    assert [(row.action, row.via) for row in rows] == [
        ("room_access", "session"),
        ("room_write", "session"),
        ("room_access", "token"),
        ("room_write", "token"),
    ]


def test_guests_write_by_the_public_link(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.COMMENT)
    for _ in range(20):
        say(Client(), board, query="?public=1")
    row = board_rows().get(action="room_write")
    assert (row.actor, row.via, row.level) == (None, "public", "comment")


def test_images_leave_a_row_where_one_is_new(board: Board, bob: User, files_dir: Path) -> None:
    client, path = client_of(bob), f"/api/v1/boards/{board.pk}/files/"
    for name in ("one", "one", "two"):
        client.put(f"{path}{name}", image_bytes(), content_type="image/png")
    assert written() == ["image"]


def test_what_is_refused_or_changes_nothing_leaves_no_row(board: Board, bob: User) -> None:
    client, base = client_of(bob), comments_of(board)
    other = thread_create(
        board=board, anchor={"x": 0, "y": 0}, body="First", author=author_of_user(board.owner)
    )
    assert client.delete(f"{base}/{other.pk}").status_code == 403
    resolve = {"is_resolved": False}
    assert client.patch(f"{base}/{other.pk}", resolve, content_type=JSON).status_code == 200
    bad = {"anchor": {"x": 0, "y": 0}, "body": " "}
    assert client.post(base, bad, content_type=JSON).status_code == 400
    assert written() == []


def test_the_row_is_in_the_transaction_of_the_write(board: Board, bob: User) -> None:
    visit = open_visit(board, bob)
    with transaction.atomic():
        visit_write(visit, board, "comment")
        transaction.set_rollback(True)
    assert written() == []
    assert Visit.objects.get().wrote == []


def test_a_write_that_outlasts_its_visit_begins_another(board: Board, bob: User) -> None:
    visit = open_visit(board, bob)
    Visit.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    end_old_visits()
    visit_write(visit, board, "image")
    rows = list(board_rows().order_by("pk"))
    told = [row.action for row in rows]
    assert told == ["room_access", "room_leave", "room_access", "room_write"]
    assert rows[2].connection_id == rows[3].connection_id != rows[0].connection_id
    assert Visit.objects.get().wrote == ["image"]


def open_visit(board: Board, user: User) -> Visit:
    return visit_open(
        board=board,
        access=resolve_access(board, user=user),
        by=by(user, RequestOrigin("203.0.113.7", "Probe/1.0", "home")),
        entry="test",
    )
