"""The index of the search follows what happens to boards, and holds nothing up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.tests.actors import by
from boards.comments.services import author_of_user, comment_edit, thread_create, thread_delete
from boards.lifecycle.basics import board_rename, board_restore, board_trash
from boards.models import Board, SearchState, SearchText, TextKind
from boards.search import index
from boards.tests.factories import make_board
from sync.drawing.scene import elements_change, elements_delete
from sync.programs.documents import kept_documents
from sync.programs.search_index import board_index, index_all
from sync.programs.writes import document_change
from sync.tests.searches import draw, elements_found, found, search_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    search_at_once(monkeypatch)


# --- what changes


def test_what_was_changed_or_deleted_is_no_longer_found(board: Board, alice: User) -> None:
    draw(board, alice, {"a": "first", "b": "second", "c": "third"})
    index_all()
    change = {"id": "b", "text": "other", "originalText": "other"}
    document_change(board=board, user=alice, change=lambda roots: elements_change(roots, [change]))
    document_change(
        board=board, user=alice, change=lambda roots: elements_delete(roots, ["a"], alice.pk)
    )
    rows = set(SearchText.objects.filter(key="c").values_list("pk"))
    index_all()
    assert elements_found(alice, "first") == elements_found(alice, "second") == []
    assert elements_found(alice, "other") == ["b"]
    assert set(SearchText.objects.filter(key="c").values_list("pk")) == rows, "it stays as it was"


def test_a_comment_that_was_deleted_or_edited_is_gone_at_once(board: Board, alice: User) -> None:
    author = author_of_user(alice)
    anchor = {"x": 0, "y": 0}
    first = thread_create(board=board, anchor=anchor, body="kumquat one", author=author)
    second = thread_create(board=board, anchor=anchor, body="kumquat two", author=author)
    index_all()
    assert len(found(alice, "kumquat")["comments"]) == 2
    thread_delete(thread=first, author=author, is_manager=True)
    comment_edit(comment=second.comments.get(), body="a lemon", author=author)
    assert found(alice, "kumquat")["comments"] == []
    assert SearchText.objects.filter(kind="comment").count() == 1
    index_all()
    assert len(found(alice, "lemon")["comments"]) == 1


def test_a_renamed_board_is_found_by_its_new_title(board: Board, alice: User) -> None:
    index_all()
    board_rename(board=board, title="Übersicht", by=by(alice))
    index_all()
    assert len(found(alice, "ubersicht")["boards"]) == 1
    assert found(alice, "roadmap")["boards"] == []


def test_trash_restore_and_purge(board: Board, alice: User) -> None:
    draw(board, alice, {"e": "kumquat"})
    index_all()
    board_trash(board=board, by=by(alice))
    assert elements_found(alice, "kumquat") == []
    board_restore(board=board, by=by(alice))
    assert elements_found(alice, "kumquat") == ["e"]
    Board.objects.filter(pk=board.pk).delete()
    assert not SearchText.objects.exists()
    assert not SearchState.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # An error if the index holds anything that the table does not.
            cursor.execute(
                "INSERT INTO boards_searchindex (boards_searchindex, rank) "
                "VALUES ('integrity-check', 1)"
            )


# --- the work


def test_what_is_up_to_date_is_not_read_again(board: Board, alice: User) -> None:
    draw(board, alice, {"e": "x"})
    assert index_all() == (1, 0)
    with CaptureQueriesContext(connection) as queries:
        assert index_all() == (0, 0)
    assert len(queries) == 1


def test_a_board_is_worked_on_once_at_a_time(board: Board, alice: User) -> None:
    (behind,) = index.boards_behind()
    assert index.claim(board.pk)
    assert not index.claim(board.pk)
    assert index.boards_behind() == []
    index.release(board.pk)
    assert index.claim(board.pk)
    index.finish(behind, work_seconds=0.1)
    draw(board, alice, {"e": "x"})
    assert len(index.boards_behind()) == 1


def test_a_busy_board_is_read_every_few_seconds(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "PAUSE_SECONDS", 30.0)
    index_all()
    draw(board, alice, {"e": "x"})
    assert index.boards_behind() == []
    SearchState.objects.update(next_at=timezone.now())
    assert len(index.boards_behind()) == 1


def test_a_board_that_cannot_be_read_stops_no_other(
    board: Board, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    draw(board, alice, {"e": "x"})
    board.document_updates.update(payload=b"\xff\xff")
    kept_documents.forget()
    good = make_board(alice, title="Good")
    draw(good, alice, {"g": "kumquat"})
    assert index_all() == (1, 1)
    assert elements_found(alice, "kumquat") == ["g"]
    state = SearchState.objects.get(board=board)
    assert (state.failures, bool(state.reason)) == (1, True)
    assert state.next_at > timezone.now() + timedelta(minutes=4)
    assert index_all() == (0, 0), "it waits"
    first = state.next_at
    SearchState.objects.update(next_at=timezone.now())
    index_all()
    assert SearchState.objects.get(board=board).next_at > first + timedelta(minutes=4)


def test_a_process_that_dies_leaves_a_mark(board: Board, alice: User) -> None:
    assert index.claim(board.pk)
    assert SearchState.objects.get().failures == 1
    SearchState.objects.update(next_at=timezone.now())
    assert index_all() == (1, 0)
    assert SearchState.objects.get().failures == 0


def test_a_board_that_goes_meanwhile(board: Board, alice: User) -> None:
    draw(board, alice, {"e": "x"})
    (behind,) = index.boards_behind()
    Board.objects.filter(pk=board.pk).update(deleted_at=timezone.now())
    assert board_index(behind)
    assert SearchState.objects.get().failures == 0


def test_large_texts_are_bounded(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "TEXT_MAX_LENGTH", 20)
    monkeypatch.setattr(index, "BOARD_MAX_LENGTH", 30)
    texts = {"a": index.Text("kumquat \0 " + "x" * 100), "b": index.Text("y" * 11)}
    index.texts_replace(board.pk, TextKind.ELEMENT, texts)
    (row,) = SearchText.objects.all()
    assert len(row.text) == 20
    assert "\0" not in row.text
