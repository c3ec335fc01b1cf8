"""Which boards somebody is shown."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from boards.access.selectors import boards_in_trash, boards_visible_to, permissions_of
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import make_board


def test_private_public_and_trashed_boards_of_others_are_not_listed(
    alice: User, charlie: User, dana: User
) -> None:
    make_board(alice)
    make_board(alice, public=AccessLevel.EDIT)
    make_board(alice, is_trashed=True, shared_with={charlie: AccessLevel.EDIT})
    for user in (charlie, dana, AnonymousUser()):
        assert not boards_visible_to(user).exists()
        assert not boards_in_trash(user).exists()


def test_own_and_given_boards_with_their_levels(alice: User, bob: User, charlie: User) -> None:
    shared = {bob: AccessLevel.COMMENT, charlie: AccessLevel.VIEW}
    make_board(alice, title="Shared", shared_with=shared, public=AccessLevel.EDIT)
    make_board(bob, title="Mine")
    listed = {(board.title, getattr(board, "user_level", None)) for board in boards_visible_to(bob)}
    assert listed == {("Shared", "comment"), ("Mine", "owner")}


def test_last_active_first(alice: User) -> None:
    now = timezone.now()
    for title, minutes in (("Old", 50), ("New", 5), ("Middle", 20)):
        board = make_board(alice, title=title)
        Board.objects.filter(pk=board.pk).update(last_activity_at=now - timedelta(minutes=minutes))
    untouched = make_board(alice, title="Untouched")
    Board.objects.filter(pk=untouched.pk).update(created_at=now - timedelta(minutes=10))
    titles = [board.title for board in boards_visible_to(alice)]
    assert titles == ["New", "Untouched", "Middle", "Old"]


def test_trash_holds_own_boards_only(alice: User, bob: User) -> None:
    trashed = make_board(alice, is_trashed=True, shared_with={bob: AccessLevel.EDIT})
    make_board(alice)
    assert list(boards_in_trash(alice)) == [trashed]
    assert not boards_in_trash(bob).exists()


def test_permissions_public_first_then_by_name(alice: User, bob: User, charlie: User) -> None:
    shared = {charlie: AccessLevel.VIEW, bob: AccessLevel.EDIT}
    board = make_board(alice, shared_with=shared, public=AccessLevel.VIEW)
    assert [row.user and row.user.username for row in permissions_of(board)] == [
        None,
        "bob",
        "charlie",
    ]
