"""Whose access is taken away while their request is worked on writes nothing, as if they had asked
a moment later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.actions import AuditAction
from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.comments.services import author_of_user, thread_create
from boards.entry import board as entries
from boards.entry.board import LOST_MESSAGE, seen_board
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_trash
from boards.models import Board, BoardFile, Comment, CommentThread
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.sharing.transfer import board_transfer
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.uploads import image_bytes
from sync.models import Version
from sync.programs.versions import version_create

JSON = "application/json"
Change = Callable[[Board, User], Any]

WRITES = {
    "comment": ("post", "/comments", {"body": "b", "anchor": {"x": 1, "y": 1}}),
    "reply": ("post", "/comments/{thread}/replies", {"body": "b"}),
    "resolve": ("patch", "/comments/{thread}", {"is_resolved": True}),
    "edit a comment": ("patch", "/comments/{thread}/replies/{comment}", {"body": "b"}),
    "delete a comment": ("delete", "/comments/{thread}/replies/{comment}", None),
    "delete a thread": ("delete", "/comments/{thread}", None),
    "image": ("put", "/files/a", image_bytes()),
    "version": ("post", "/versions", {"name": "New"}),
    "name a version": ("patch", "/versions/{version}", {"name": "New"}),
}


def owner_of(board: Board) -> User:
    return User.objects.get(pk=board.owner_id)


def set_level(level: AccessLevel) -> Change:
    def change(board: Board, user: User) -> None:
        permission_grant(
            board=board, subject=Subject(user=user), level=level, by=by(owner_of(board))
        )

    return change


def revoke(board: Board, user: User) -> None:
    permission_revoke(board=board, subject=Subject(user=user), by=by(owner_of(board)))


def trash(board: Board, user: User) -> None:
    board_trash(board=board, by=by(owner_of(board)))


def let_somebody_in(board: Board, user: User) -> None:
    set_level(AccessLevel.VIEW)(board, make_user("newcomer"))


def written() -> Any:
    return [
        list(model.objects.order_by("pk").values())
        for model in (CommentThread, Comment, BoardFile, Version)
    ]


@pytest.fixture
def write(alice: User, bob: User, monkeypatch: Any) -> Callable[[str, Change], Any]:
    """Sends one of the writes as bob, who may edit; the change comes after he was found to."""
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT})
    thread = thread_create(
        board=board, anchor={"x": 1, "y": 1}, body="a", author=author_of_user(bob)
    )
    version = version_create(board=board, name="Old", author=bob)
    comment = thread.comments.get()
    client = client_of(bob)

    def send(kind: str, change: Change) -> Any:
        def seen(*args: Any, **options: Any) -> Any:
            result = seen_board(*args, **options)
            if not changed:
                changed.append(True)
                change(Board.objects.get(pk=board.pk), bob)
            return result

        changed: list[bool] = []
        monkeypatch.setattr(entries, "seen_board", seen)
        method, path, body = WRITES[kind]
        path = path.format(thread=thread.pk, comment=comment.pk, version=version.pk)
        mime = "image/png" if kind == "image" else JSON
        return getattr(client, method)(f"/api/v1/boards/{board.pk}{path}", body, content_type=mime)

    return send


def denials() -> int:
    return AuditLog.objects.filter(action=AuditAction.ROOM_ACCESS_DENIED).count()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("change", [revoke, trash], ids=lambda change: change.__name__)
def test_nothing_is_written_after_access_was_taken_away(
    write: Callable[[str, Change], Any], kind: str, change: Change
) -> None:
    before = written()
    answer = write(kind, change)
    assert answer.status_code == 404, answer.content
    assert written() == before
    assert denials() == 1 or change is trash  # then the board may be gone first


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WRITES)
def test_nothing_is_written_with_less_access_than_it_was_allowed_by(
    write: Callable[[str, Change], Any], kind: str
) -> None:
    before = written()
    answer = write(kind, set_level(AccessLevel.VIEW))
    assert (answer.status_code, answer.json()["detail"]) == (403, str(LOST_MESSAGE))
    assert written() == before
    assert denials() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WRITES)
def test_what_changes_for_others_refuses_nobody(
    write: Callable[[str, Change], Any], kind: str
) -> None:
    before = written()
    assert write(kind, let_somebody_in).status_code in (200, 201, 204)
    assert written() != before
    assert denials() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"title": "Mine"}),
        ("delete", "", None),
        ("put", "/lock", {}),
        ("post", "/permissions", {"user": "charlie", "level": "edit"}),
        ("post", "/links", {"level": "edit"}),
        ("post", "/transfer", {"user": "charlie"}),
    ],
)
def test_who_has_just_given_a_board_away_changes_nothing_of_it(
    alice: User, bob: User, charlie: User, monkeypatch: Any, method: str, path: str, body: Any
) -> None:
    board = make_board(alice)
    find = entries.managed_board

    def found(*args: Any, **options: Any) -> Any:
        result = find(*args, **options)
        board_transfer(board=Board.objects.get(pk=board.pk), new_owner=bob, by=by(alice))
        return result

    monkeypatch.setattr(entries, "managed_board", found)
    answer = getattr(client_of(alice), method)(
        f"/api/v1/boards/{board.pk}{path}", body, content_type=JSON
    )
    assert answer.status_code == 403
    assert "another owner" in answer.json()["detail"]
    board.refresh_from_db()
    assert (board.owner, board.title, board.deleted_at) == (bob, "Roadmap", None)
    assert not board.is_locked
    assert not board.permissions.filter(user=charlie).exists()
    assert not board.share_links.exists()
