"""What was deleted long ago goes for good; what was deleted lately can still come back."""

import time
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pycrdt import Map

from boards.models import Board
from sync.programs.tombstones import DAY_MILLISECONDS, purge_tombstones
from sync.storage.log import load_document
from sync.storage.store import append_update
from sync.tests.histories import Author

pytestmark = pytest.mark.django_db


def draw_and_delete(board: Board, owner: User) -> Author:
    now = time.time() * 1000
    author = Author()
    deleted: dict[str, object] = {
        "alive": False,
        "old": {"by": "1", "at": now - 31 * DAY_MILLISECONDS},
        "young": {"by": "1", "at": now - 29 * DAY_MILLISECONDS},
        "strange": {"by": "1", "at": "long ago"},
    }
    for key, value in deleted.items():
        author.elements[key] = Map({"type": "rectangle", "pos": [1, 1], "del": value})
    append_update(board.pk, author.doc.get_update(), owner.pk)
    return author


def elements(board: Board) -> dict[str, Any]:
    return load_document(board.pk).document.content()["elements"]


def test_only_what_was_deleted_long_ago_goes(board: Board, alice: User) -> None:
    draw_and_delete(board, alice)
    assert purge_tombstones(board.pk, 30) == 1
    assert set(elements(board)) == {"alive", "young", "strange"}
    assert purge_tombstones(board.pk, 30) == 0


def test_what_is_no_element_stops_nothing(board: Board, alice: User) -> None:
    author = Author()
    author.elements["plain"] = {"del": {"at": 0}}
    author.elements["number"] = 5
    append_update(board.pk, author.doc.get_update(), alice.pk)
    assert purge_tombstones(board.pk, 30) == 1
    assert set(elements(board)) == {"number"}


def test_work_of_somebody_offline_does_no_harm(board: Board, alice: User) -> None:
    author = draw_and_delete(board, alice)
    author.updates.clear()
    author.elements["old"]["pos"] = [9, 9]
    purge_tombstones(board.pk, 30)
    append_update(board.pk, author.updates[-1], alice.pk)
    assert set(elements(board)) == {"alive", "young", "strange"}


@pytest.mark.parametrize(("days", "left"), [(30, 3), (0, 4)])
def test_a_compaction_does_it_when_the_setting_says_so(
    board: Board, alice: User, settings: Any, days: int, left: int
) -> None:
    settings.CANVAS_TOMBSTONE_DAYS = days
    draw_and_delete(board, alice)
    call_command("compact_boards", "--dry-run", stdout=StringIO())
    assert len(elements(board)) == 4
    call_command("compact_boards", stdout=StringIO())
    assert len(elements(board)) == left
