"""Every write is one transaction with its audit row, its version and its signal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from audit.models import AuditLog
from audit.origin import RequestOrigin
from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_create, board_rename, board_restore, board_trash
from boards.models import Board, BoardPermission
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.signals import board_access_changed, board_closed

WEB = RequestOrigin(ip_address="203.0.113.7", user_agent="Probe/1.0")


@pytest.fixture
def heard() -> Iterator[list[tuple[str, Any]]]:
    """What was announced, in order."""
    events: list[tuple[str, Any]] = []

    def on_change(board_id: Any, **kwargs: Any) -> None:
        events.append(("changed", board_id))

    def on_close(board_id: Any, **kwargs: Any) -> None:
        events.append(("closed", board_id))

    board_access_changed.connect(on_change)
    board_closed.connect(on_close)
    yield events
    board_access_changed.disconnect(on_change)
    board_closed.disconnect(on_close)


def last_row() -> AuditLog:
    row = AuditLog.objects.first()
    assert row is not None
    return row


def test_owner_never_gets_a_row(board: Board, alice: User) -> None:
    with pytest.raises(ValidationError) as caught:
        permission_grant(
            board=board, subject=Subject(user=alice), level=AccessLevel.EDIT, by=by(alice, WEB)
        )
    assert "owns this board" in caught.value.message_dict["user"][0]


def test_switched_off_account_gets_no_row(board: Board, charlie: User, alice: User) -> None:
    charlie.is_active = False
    charlie.save()
    with pytest.raises(ValidationError) as caught:
        permission_grant(
            board=board, subject=Subject(user=charlie), level=AccessLevel.VIEW, by=by(alice, WEB)
        )
    assert "deactivated" in caught.value.message_dict["user"][0]


def test_no_level_cannot_be_granted(board: Board, charlie: User, alice: User) -> None:
    for subject in (Subject(user=charlie), PUBLIC):
        with pytest.raises(ValidationError):
            permission_grant(
                board=board, subject=subject, level=AccessLevel.NONE, by=by(alice, WEB)
            )
    assert not AuditLog.objects.exists()


def test_create(alice: User) -> None:
    board = board_create(owner=alice, title="  Plans  ", by=by(alice, WEB))
    assert (board.title, board.owner, board.head_seq, board.access_version) == (
        "Plans",
        alice,
        0,
        1,
    )
    row = last_row()
    assert (row.action, row.actor, row.board_id, row.board_title, row.level, row.ip_address) == (
        "room_create",
        alice,
        board.pk,
        "Plans",
        "owner",
        "203.0.113.7",
    )


def test_rename_keeps_what_others_wrote_meanwhile(board: Board, alice: User) -> None:
    stale = Board.objects.get(pk=board.pk)
    Board.objects.update(head_seq=41, access_version=7)
    board_rename(board=stale, title="Plans", by=by(alice, WEB))
    current = Board.objects.get()
    assert (current.title, current.head_seq, current.access_version) == ("Plans", 41, 7)
    assert stale.title == "Plans"
    assert last_row().data == {"field": "title", "old": "Roadmap", "new": "Plans"}


@pytest.mark.parametrize("title", ["", "   ", "a\x00b", "a" * 201])
def test_rename_to_what_is_no_title_changes_nothing(board: Board, alice: User, title: str) -> None:
    with pytest.raises(ValidationError):
        board_rename(board=board, title=title, by=by(alice, WEB))
    assert Board.objects.get().title == "Roadmap"
    assert not AuditLog.objects.exists()


def test_grant_change_and_revoke(
    board: Board,
    alice: User,
    charlie: User,
    heard: list[tuple[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    def grant(level: AccessLevel) -> None:
        permission_grant(board=board, subject=Subject(user=charlie), level=level, by=by(alice, WEB))

    def revoke() -> None:
        permission_revoke(board=board, subject=Subject(user=charlie), by=by(alice, WEB))

    steps: list[tuple[Callable[[], None], str, str]] = [
        (lambda: grant(AccessLevel.VIEW), "none", "view"),
        (lambda: grant(AccessLevel.EDIT), "view", "edit"),
        (revoke, "edit", "none"),
    ]
    for position, (step, old, new) in enumerate(steps, start=1):
        with django_capture_on_commit_callbacks(execute=True):
            step()
            assert len(heard) == position - 1, "announced before the commit"
        assert heard == [("changed", board.pk)] * position
        assert board.access_version == 1 + position
        row = last_row()
        assert (row.action, row.actor, row.target_user) == ("permission_change", alice, charlie)
        assert row.data == {"subject": "user", "old": old, "new": new}
        assert row.level == ("" if new == "none" else new)
    assert not BoardPermission.objects.filter(user=charlie).exists()


def test_public_link_on_change_and_off(board: Board, alice: User) -> None:
    for level, old, new in (
        (AccessLevel.VIEW, "none", "view"),
        (AccessLevel.EDIT, "view", "edit"),
        (None, "edit", "none"),
    ):
        if level is None:
            permission_revoke(board=board, subject=PUBLIC, by=by(alice, WEB))
        else:
            permission_grant(board=board, subject=PUBLIC, level=level, by=by(alice, WEB))
        row = last_row()
        assert (row.target_user, row.target_label) == (None, "")
        assert row.data == {"subject": "public", "old": old, "new": new}
    assert not BoardPermission.objects.filter(is_public=True).exists()
    assert board.access_version == 4


def test_what_changes_nothing_writes_nothing(board: Board, alice: User, bob: User) -> None:
    who = by(alice, WEB)
    permission_grant(board=board, subject=Subject(user=bob), level=AccessLevel.EDIT, by=who)
    permission_revoke(board=board, subject=PUBLIC, by=who)
    board_rename(board=board, title="Roadmap", by=who)
    board_restore(board=board, by=who)
    assert board.access_version == 1
    assert not AuditLog.objects.exists()


def test_trash_and_restore_keep_the_permissions(
    board: Board,
    alice: User,
    heard: list[tuple[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        board_trash(board=board, by=by(alice, WEB))
        board_trash(board=board, by=by(alice, WEB))
    assert board.is_trashed
    assert heard == [("changed", board.pk), ("closed", board.pk)]
    assert last_row().action == "room_delete"
    with django_capture_on_commit_callbacks(execute=True):
        board_restore(board=board, by=by(alice, WEB))
    assert not board.is_trashed
    assert board.access_version == 3
    assert [row.action for row in AuditLog.objects.all()] == ["room_restore", "room_delete"]
    assert board.permissions.count() == 1


def test_a_change_that_cannot_be_audited_does_not_happen(
    board: Board, alice: User, charlie: User, heard: list[tuple[str, Any]]
) -> None:
    with (
        patch("boards.writing.audit_record", side_effect=RuntimeError("disk full")),
        pytest.raises(RuntimeError),
    ):
        permission_grant(
            board=board, subject=Subject(user=charlie), level=AccessLevel.EDIT, by=by(alice, WEB)
        )
    assert not BoardPermission.objects.filter(user=charlie).exists()
    assert Board.objects.get().access_version == 1
    assert heard == []


def test_a_receiver_that_fails_does_not_fail_the_write(
    board: Board, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("bus down")

    board_access_changed.connect(fail)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            permission_grant(board=board, subject=PUBLIC, level=AccessLevel.VIEW, by=by(alice, WEB))
    finally:
        board_access_changed.disconnect(fail)
    assert board.permissions.filter(is_public=True).exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": True}])
def test_what_happens_to_an_account_is_announced(
    board: Board,
    bob: User,
    change: dict[str, bool],
    heard: list[tuple[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for name, value in change.items():
            setattr(bob, name, value)
        bob.save()
    assert heard == [("changed", board.pk)]
    assert Board.objects.get().access_version == 2


def test_signing_in_announces_nothing(board: Board, bob: User) -> None:
    bob.save(update_fields=["last_login"])
    bob.first_name = "Bob"
    bob.save()
    assert Board.objects.get().access_version == 1


def test_a_deleted_account_loses_its_permissions_with_an_audit_row(board: Board, bob: User) -> None:
    bob.delete()
    row = last_row()
    assert (row.action, row.actor_kind, row.via) == ("permission_change", "system", "system")
    assert row.target_label == "bob"
    assert Board.objects.get().access_version == 2
    assert not board.permissions.exists()
