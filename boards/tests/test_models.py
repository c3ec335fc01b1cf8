"""What the database refuses, it refuses with a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from boards.models import Board, BoardFile, BoardPermission, file_path
from boards.tests.factories import make_board


def refused(row: models.Model) -> str:
    """The message people see; the database must refuse the row as well."""
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    return " ".join(caught.value.messages)


def test_two_public_rows(board: Board) -> None:
    BoardPermission.objects.create(board=board, is_public=True, level="view")
    row = BoardPermission(board=board, is_public=True, level="edit")
    assert "already has a public link" in refused(row)


def test_two_rows_for_one_user(board: Board, bob: User) -> None:
    row = BoardPermission(board=board, user=bob, level="view")
    assert "already has a level" in refused(row)


@pytest.mark.parametrize("make", [lambda bob: {"user": bob, "is_public": True}, lambda bob: {}])
def test_a_row_has_exactly_one_subject(
    board: Board, bob: User, make: Callable[[User], dict[str, object]]
) -> None:
    BoardPermission.objects.all().delete()
    row = BoardPermission(board=board, level="view", **make(bob))
    assert "one user or public or one group, never" in refused(row)


@pytest.mark.parametrize("level", ["", "none", "owner", "VIEW"])
def test_levels_that_do_not_exist(board: Board, charlie: User, level: str) -> None:
    row = BoardPermission(board=board, user=charlie, level=level)
    refused(row)


def test_an_empty_title(alice: User) -> None:
    assert "Give the board a title" in refused(Board(owner=alice, title=""))


@pytest.mark.parametrize("title", [" ", "a\nb", "a\x00b", "a\x1b[2Jb", "\u202ecod.exe", "a\u2028b"])
def test_titles_that_cannot_be_shown(alice: User, title: str) -> None:
    with pytest.raises(ValidationError):
        Board(owner=alice, title=title).full_clean()


@pytest.mark.parametrize("title", ["Ünïcödé", "日本語", "👩‍👩‍👧", "a" * 200, "<b>", "עברית"])
def test_titles_in_any_language(alice: User, title: str) -> None:
    Board(owner=alice, title=title).full_clean()


def test_a_title_that_is_too_long(alice: User) -> None:
    with pytest.raises(ValidationError):
        Board(owner=alice, title="a" * 201).full_clean()


def test_an_owner_cannot_vanish_from_under_a_board(board: Board, alice: User) -> None:
    with pytest.raises(ProtectedError):
        alice.delete()


def test_one_file_id_names_one_file(board: Board, alice: User) -> None:
    values = {"file_id": "a", "mime": "image/png", "size_bytes": 1, "width": 1, "height": 1}
    BoardFile.objects.create(board=board, **values)
    assert "already has a file" in refused(BoardFile(board=board, **values))
    BoardFile.objects.create(board=make_board(alice), **values)


@pytest.mark.parametrize("file_id", ["", "..", "../x", "a/b", "a.png", "a\x00", "a" * 65, "é"])
def test_a_file_id_is_never_a_path(board: Board, file_id: str) -> None:
    with pytest.raises(ValidationError):
        file_path(board.pk, file_id)
