"""Asking for access, and the answers."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.resolve import resolve_access
from boards.levels import AccessLevel
from boards.models import AccessRequest, Board
from boards.sharing.requests import access_request_create, access_request_resolve
from boards.tests.factories import client_of
from boards.tests.matrix import Api, answers

JSON = "application/json"
NONE, VIEW, COMMENT, EDIT = AccessLevel


def test_asking_says_nothing_about_the_board(board: Board, charlie: User) -> None:
    import uuid

    for board_id in (board.pk, uuid.uuid4()):
        page = client_of(charlie).post(f"/board/{board_id}/request-access", {"level": "edit"})
        assert page["Location"] == "/"
        path = f"/api/v1/boards/{board_id}/access-requests"
        answer = client_of(charlie).post(path, {"level": "view", "message": "Please"}, JSON)
        assert (answer.status_code, answer.json()) == (
            202,
            {"detail": "If there is such a board, its owner has been asked."},
        )
    request = AccessRequest.objects.get()
    assert (request.user, request.level, request.message) == (charlie, "view", "Please")
    assert client_of(None).post(path, {"level": "view"}, JSON).status_code == 401


def test_asking_is_refused_where_there_is_nothing_to_ask(
    board: Board, alice: User, bob: User, charlie: User
) -> None:
    for user, level in ((alice, EDIT), (bob, COMMENT)):
        assert access_request_create(board=board, user=user, level=level, by=by(user)) is None
    Board.objects.update(deleted_at=timezone.now())
    assert access_request_create(board=board, user=charlie, level=VIEW, by=by(charlie)) is None
    assert not AccessRequest.objects.exists()


def test_asking_too_often_is_limited(board: Board, charlie: User) -> None:
    client, path = client_of(charlie), f"/api/v1/boards/{board.pk}/access-requests"
    codes = [client.post(path, {"level": "view"}, JSON).status_code for _ in range(21)]
    assert codes == [202] * 20 + [429]
    assert AccessRequest.objects.count() == 1


def test_answered_requests_do_not_add_up(board: Board, alice: User, charlie: User) -> None:
    for _ in range(3):
        asked = access_request_create(board=board, user=charlie, level=EDIT, by=by(charlie))
        assert asked is not None
        path = f"/api/v1/boards/{board.pk}/access-requests/{asked.pk}"
        assert client_of(alice).post(path, {"level": None}, JSON).status_code == 200
    assert AccessRequest.objects.count() == 1


def test_only_the_owner_answers_and_only_once(
    board: Board, alice: User, bob: User, charlie: User
) -> None:
    request = access_request_create(board=board, user=charlie, level=EDIT, by=by(charlie))
    assert request is not None
    path = f"/api/v1/boards/{board.pk}/access-requests"
    for user, status in answers(
        Api("answer requests", 200), anonymous=None, stranger=charlie, editor=bob
    ):
        assert client_of(user).get(path).status_code == status
        answer = client_of(user).post(f"{path}/{request.pk}", {"level": "edit"}, JSON)
        assert answer.status_code == status
    owner = client_of(alice)
    assert [row["user"] for row in owner.get(path).json()] == ["charlie"]
    assert owner.post(f"{path}/{request.pk}", {}, JSON).status_code == 400
    granted = owner.post(f"{path}/{request.pk}", {"level": "comment"}, JSON)
    assert granted.json()["outcome"] == "granted"
    assert resolve_access(board, user=charlie).level is COMMENT
    assert owner.get(path).json() == []
    assert owner.post(f"{path}/{request.pk}", {"level": "edit"}, JSON).status_code == 400
    row = AuditLog.objects.get(action="access_request_resolve")
    assert row.data == {"outcome": "granted", "asked": "edit"}


def test_declining_in_the_panel(board: Board, alice: User, charlie: User) -> None:
    request = access_request_create(
        board=board, user=charlie, level=EDIT, message="<b>hi</b>", by=by(charlie)
    )
    assert request is not None
    share = f"/board/{board.pk}/share"
    content = client_of(alice).get(share).content.decode()
    assert "&lt;b&gt;hi&lt;/b&gt;" in content
    data = {"operation": "answer", "request": request.pk, "level": "none"}
    client_of(alice).post(share, data)
    request.refresh_from_db()
    assert request.outcome == "declined"
    assert resolve_access(board, user=charlie).level is NONE
    with pytest.raises(ValidationError):
        access_request_resolve(request=request, level=EDIT, by=by(alice))
