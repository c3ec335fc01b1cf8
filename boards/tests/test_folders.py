"""Boards are moved between spaces and sorted into folders."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.resolve import resolve_access
from boards.levels import AccessLevel
from boards.models import Board, Folder, Space
from boards.quotas.checks import QuotaError
from boards.spaces.folders import FolderTree, folder_create, folder_delete, folder_move
from boards.spaces.placing import boards_place, require_may_place
from boards.spaces.services import space_create
from boards.tests.factories import make_board
from boards.tests.in_spaces import give, level_of, version_of

NONE, VIEW, _, EDIT = AccessLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(alice: User) -> Space:
    return space_create(owner=alice, name=" Design ", by=by(alice))


@pytest.fixture
def board(alice: User, space: Space) -> Board:
    return make_board(alice, space=space)


# --- moving boards


def test_moving_changes_access_and_is_recorded(space: Space, alice: User, bob: User) -> None:
    give(space, bob, VIEW)
    board = make_board(alice)
    assert boards_place(boards=[board], space=space, by=by(alice)) == 1
    assert (level_of(board, bob), version_of(board)) == (VIEW, 2)
    row = AuditLog.objects.latest("pk")
    assert (row.action, row.board_id, row.data["new"]["space"]) == ("room_move", board.pk, "Design")
    assert boards_place(boards=[board], space=space, by=by(alice)) == 0
    boards_place(boards=[board], space=None, by=by(alice))
    assert (level_of(board, bob), version_of(board)) == (NONE, 3)


def test_sorting_into_a_folder_changes_no_access(board: Board, space: Space, alice: User) -> None:
    folder = folder_create(space=space, name="Drafts", parent=None, by=by(alice))
    boards_place(boards=[board], space=space, folder=folder, by=by(alice))
    assert (board.folder, version_of(board)) == (folder, 1)
    other = space_create(owner=alice, name="Other", by=by(alice))
    with pytest.raises(ValidationError):
        boards_place(boards=[board], space=other, folder=folder, by=by(alice))


def test_who_was_moved_meanwhile_is_not_moved_again(board: Board, alice: User) -> None:
    stale = Board.objects.get(pk=board.pk)
    boards_place(boards=[board], space=None, by=by(alice))
    with pytest.raises(ValidationError):
        boards_place(boards=[stale], space=None, by=by(alice))


def test_who_may_move(space: Space, alice: User, bob: User, charlie: User) -> None:
    other = space_create(owner=bob, name="Other", by=by(bob))
    give(space, charlie, EDIT)
    inside, own = make_board(alice, space=space), make_board(charlie)
    inside_of_charlie = make_board(charlie, space=space)
    mine = make_board(bob, space=space)

    def may(board: Board, user: User, target: Space | None) -> bool:
        try:
            require_may_place(board, resolve_access(board, user=user), user, target)
        except PermissionDenied:
            return False
        return True

    assert may(own, charlie, space), "owns the board, edits the space"
    assert not may(own, charlie, other), "is not in the other space"
    assert not may(own, alice, space), "does not own the board"
    assert may(inside, charlie, space), "sorts into folders"
    assert not may(inside, charlie, None), "neither owns the board nor the space"
    assert may(inside_of_charlie, charlie, None), "takes back their own"
    assert may(inside_of_charlie, alice, None), "owns the space"
    assert not may(inside_of_charlie, alice, other), "can't give away others' boards"
    assert may(mine, bob, other), "takes their own elsewhere"


# --- folders and limits


def test_folders_nest_and_what_is_in_a_deleted_one_moves_up(
    board: Board, space: Space, alice: User
) -> None:
    a = folder_create(space=space, name="a", parent=None, by=by(alice))
    b = folder_create(space=space, name="b", parent=a, by=by(alice))
    c = folder_create(space=space, name="c", parent=b, by=by(alice))
    boards_place(boards=[board], space=space, folder=b, by=by(alice))
    assert [f.name for f in FolderTree.of(space).path_of(c)] == ["a", "b", "c"]
    with pytest.raises(ValidationError):
        folder_move(folder=a, parent=c, by=by(alice))
    folder_delete(folder=b, by=by(alice))
    board.refresh_from_db()
    c.refresh_from_db()
    assert (board.folder, c.parent) == (a, a)
    folder_move(folder=c, parent=None, by=by(alice))
    assert [(depth, f.name) for depth, f in FolderTree.of(space).in_order()] == [(0, "a"), (0, "c")]


def test_limits(settings: Settings, space: Space, alice: User) -> None:
    settings.CANVAS_MAX_SPACES_PER_PERSON = 1
    settings.CANVAS_MAX_BOARDS_PER_SPACE = 2
    settings.CANVAS_MAX_FOLDERS_PER_SPACE = 3
    settings.CANVAS_MAX_FOLDER_DEPTH = 2
    with pytest.raises(QuotaError, match="1 spaces"):
        space_create(owner=alice, name="Second", by=by(alice))
    boards = [make_board(alice) for _ in range(3)]
    with pytest.raises(QuotaError, match="2 boards"):
        boards_place(boards=boards, space=space, by=by(alice))
    assert boards_place(boards=boards[:2], space=space, by=by(alice)) == 2
    a = folder_create(space=space, name="a", parent=None, by=by(alice))
    b = folder_create(space=space, name="b", parent=a, by=by(alice))
    with pytest.raises(QuotaError, match="2 deep"):
        folder_create(space=space, name="c", parent=b, by=by(alice))
    c = folder_create(space=space, name="c", parent=None, by=by(alice))
    with pytest.raises(QuotaError, match="2 deep"):
        folder_move(folder=a, parent=c, by=by(alice))
    with pytest.raises(QuotaError, match="3 folders"):
        folder_create(space=space, name="d", parent=None, by=by(alice))
    assert Folder.objects.count() == 3
