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
from boards.tests.matrix import Api, answers

JSON = "application/json"
METHODS = ("get", "post", "get one", "patch one", "delete one")


def call(
    user: User | None, method: str, board_id: uuid.UUID, body: Any = None, row: int = 1
) -> Any:
    """A request to the list, or with "one" in the method to a single row."""
    path = f"/api/v1/boards/{board_id}/permissions"
    verb, _, one = method.partition(" ")
    if one:
        path = f"{path}/{row}"
    client = client_of(user)
    if verb == "get":
        return client.get(path)
    return getattr(client, verb)(path, body, content_type=JSON)


def levels_of(board: Board) -> dict[str | None, str]:
    return dict(board.permissions.values_list("user__username", "level"))


@pytest.mark.parametrize("method", METHODS)
def test_only_who_may_manage(board: Board, bob: User, charlie: User, method: str) -> None:
    body = {"user": "bob", "level": "view"}
    row = board.permissions.get().pk
    for user, status in answers(Api("share it", 200), anonymous=None, editor=bob, stranger=charlie):
        assert call(user, method, board.pk, body, row).status_code == status
    private = call(charlie, method, board.pk, body, row)
    missing = call(charlie, method, uuid.uuid4(), body, row)
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
def test_bad_input_is_refused(board: Board, alice: User, charlie: User, body: Any) -> None:
    make_user("off", is_active=False)
    response = call(alice, "post", board.pk, body)
    assert response.status_code == 400, response.content
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
    row = created.json()["id"]
    changed = call(alice, "patch one", board.pk, {"level": "edit"}, row)
    assert (changed.status_code, changed.json()["level"]) == (200, "edit")
    assert call(alice, "get one", board.pk, row=row).json() == changed.json()
    assert levels_of(board) == {"bob": "edit", subject: "edit"}
    assert call(alice, "delete one", board.pk, row=row).status_code == 204
    assert call(alice, "delete one", board.pk, row=row).status_code == 404
    assert levels_of(board) == {"bob": "edit"}
    action = "permission_change" if subject else "public_access_change"
    rows = AuditLog.objects.filter(action=action).order_by("pk")
    assert [row.data["new"] for row in rows] == ["view", "comment", "edit", "none"]
    assert {row.data["subject"] for row in rows} == {"user" if subject else "public"}


@pytest.mark.parametrize("body", [{}, {"level": None}, {"level": "owner"}, {"level": 3}, []])
def test_a_bad_level_changes_nothing(board: Board, alice: User, body: Any) -> None:
    row = board.permissions.get().pk
    assert call(alice, "patch one", board.pk, body, row).status_code == 400
    assert levels_of(board) == {"bob": "edit"}


def test_a_row_of_another_board_is_not_found(board: Board, alice: User, bob: User) -> None:
    """Also when the asker owns both: an address names one thing."""
    other = make_board(alice, shared_with={bob: AccessLevel.VIEW})
    row = other.permissions.get().pk
    for method in ("get one", "patch one", "delete one"):
        assert call(alice, method, board.pk, {"level": "edit"}, row).status_code == 404
    assert levels_of(other) == {"bob": "view"}


def test_list(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT}, public=AccessLevel.VIEW)
    rows = call(alice, "get", board.pk).json()
    assert [(row["user"], row["level"]) for row in rows] == [(None, "view"), ("bob", "edit")]
