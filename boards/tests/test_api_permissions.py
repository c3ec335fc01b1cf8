"""REST: who may do what on a board."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.models import AuditLog
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import client_of, make_board, make_user

JSON = "application/json"
METHODS = ("get", "post", "patch", "delete")


def call(
    user: User | None, method: str, board_id: uuid.UUID, body: Any = None, query: str = ""
) -> Any:
    path = f"/api/v1/boards/{board_id}/permissions{query}"
    client = client_of(user)
    if method == "get":
        return client.get(path)
    return getattr(client, method)(path, body, content_type=JSON)


def levels_of(board: Board) -> dict[str | None, str]:
    return dict(board.permissions.values_list("user__username", "level"))


@pytest.mark.parametrize("method", METHODS)
def test_only_who_may_manage(board: Board, bob: User, charlie: User, method: str) -> None:
    body = {"user": "bob", "level": "view"}
    assert call(None, method, board.pk, body).status_code == 401
    assert call(bob, method, board.pk, body).status_code == 403
    private = call(charlie, method, board.pk, body)
    missing = call(charlie, method, uuid.uuid4(), body)
    assert private.status_code == missing.status_code == 404
    assert private.content == missing.content
    assert levels_of(board) == {"bob": "edit"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user": "charlie"},
        {"level": "view"},
        {"user": "nobody", "level": "view"},
        {"user": "alice", "level": "view"},
        {"user": "off", "level": "view"},
        {"user": "", "level": "view"},
        {"user": "a\x00b", "level": "view"},
        {"user": "a" * 5000, "level": "view"},
        {"user": 5, "level": "view"},
        {"user": ["charlie"], "level": "view"},
        {"user": "charlie", "level": "none"},
        {"user": "charlie", "level": "owner"},
        {"user": "charlie", "level": None},
        {"user": None, "level": "admin"},
        [],
    ],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_bad_input_is_refused(
    board: Board, alice: User, charlie: User, method: str, body: Any
) -> None:
    make_user("off", is_active=False)
    response = call(alice, method, board.pk, body)
    allowed = {400} if method == "post" else {400, 404}
    assert response.status_code in allowed, response.content
    assert levels_of(board) == {"bob": "edit"}
    assert not AuditLog.objects.filter(action="permission_change").exists()


@pytest.mark.parametrize("subject", ["charlie", None])
def test_give_change_and_take_away(
    board: Board, alice: User, charlie: User, subject: str | None
) -> None:
    created = call(alice, "post", board.pk, {"user": subject, "level": "view"})
    assert created.status_code == 201
    assert (created.json()["user"], created.json()["level"]) == (subject, "view")
    again = call(alice, "post", board.pk, {"user": subject, "level": "comment"})
    assert again.status_code == 200
    changed = call(alice, "patch", board.pk, {"user": subject, "level": "edit"})
    assert (changed.status_code, changed.json()["level"]) == (200, "edit")
    assert levels_of(board) == {"bob": "edit", subject: "edit"}
    assert call(alice, "delete", board.pk, {"user": subject}).status_code == 204
    assert call(alice, "delete", board.pk, {"user": subject}).status_code == 404
    assert levels_of(board) == {"bob": "edit"}
    rows = AuditLog.objects.filter(action="permission_change").order_by("pk")
    assert [row.data["new"] for row in rows] == ["view", "comment", "edit", "none"]
    assert {row.data["subject"] for row in rows} == {"user" if subject else "public"}


def test_change_needs_something_to_change(board: Board, alice: User, charlie: User) -> None:
    for subject in ("charlie", None):
        response = call(alice, "patch", board.pk, {"user": subject, "level": "view"})
        assert response.status_code == 404
    assert levels_of(board) == {"bob": "edit"}


def test_take_away_by_query(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT}, public=AccessLevel.VIEW)
    assert call(alice, "delete", board.pk, query="?public=true").status_code == 204
    assert levels_of(board) == {"bob": "edit"}
    assert call(alice, "delete", board.pk, query="?user=bob").status_code == 204
    assert levels_of(board) == {}


def test_take_away_nothing_in_particular_takes_nothing(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT}, public=AccessLevel.VIEW)
    for body, query in (({}, ""), (None, ""), (None, "?user="), (None, "?public=1")):
        assert call(alice, "delete", board.pk, body, query).status_code == 400
    assert levels_of(board) == {"bob": "edit", None: "view"}


def test_list(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT}, public=AccessLevel.VIEW)
    rows = call(alice, "get", board.pk).json()
    assert [(row["user"], row["level"]) for row in rows] == [(None, "view"), ("bob", "edit")]
