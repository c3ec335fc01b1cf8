"""What repairs took out of boards is kept for a while, and no longer."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from audit.actor import SYSTEM
from boards.models import Board
from boards.tests.factories import make_board
from sync.document.ownership import RETIRED
from sync.drawing.scene import Roots, elements_create
from sync.models import DocumentClient
from sync.programs.history import history_replace
from sync.programs.writes import document_change
from sync.storage import set_aside


@pytest.fixture(autouse=True)
def directory(settings: Any, tmp_path: Path) -> Path:
    settings.CANVAS_DATA_DIR = tmp_path
    return tmp_path / "set-aside"


def run() -> str:
    out = StringIO()
    call_command("purge_set_aside", stdout=out)
    return out.getvalue()


def age(path: Path, days: float) -> None:
    at = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))


@pytest.mark.django_db
def test_copies_go_when_they_are_old_and_with_their_board(
    board: Board, alice: User, directory: Path
) -> None:
    old = set_aside.keep(board.pk, "7.update", b"old")
    young = set_aside.keep(board.pk, "8.update", b"young")
    gone = make_board(alice)
    of_gone = set_aside.keep(gone.pk, "1.document", b"gone")
    gone.delete()
    notes = directory / "notes-of-somebody.txt"
    notes.write_text("not ours")
    age(notes, 91)
    age(old, 91)
    age(young, 89)
    assert run() == "Removed 2 copies and 0 client ids of old histories.\n"
    assert (old.exists(), young.exists(), of_gone.exists()) == (False, True, False)
    assert notes.exists()


@pytest.mark.django_db
def test_without_copies_there_is_nothing_to_do() -> None:
    assert run() == "Removed 0 copies and 0 client ids of old histories.\n"


@pytest.mark.django_db(transaction=True)
def test_client_ids_of_a_replaced_history_go_once_no_browser_holds_it(
    board: Board, alice: User, settings: Any
) -> None:
    def draw(roots: Roots) -> None:
        elements_create(roots, [{"id": "box", "type": "rectangle", "x": 1, "y": 2}])

    document_change(board=board, user=alice, change=draw)
    history_replace(board.pk, by=SYSTEM)
    history_replace(board.pk, by=SYSTEM)
    retired = DocumentClient.objects.filter(board=board, user_id=RETIRED)
    assert retired.count() == 2
    assert "0 client ids" in run()
    first = retired.order_by("pk")[0]
    DocumentClient.objects.filter(pk=first.pk).update(
        retired_at=timezone.now() - timedelta(days=91)
    )
    settings.CANVAS_OFFLINE_DAYS = 100
    assert "0 client ids" in run()
    settings.CANVAS_OFFLINE_DAYS = 30
    assert "1 client ids" in run()
    assert list(retired.values_list("pk", flat=True)) == [retired.get().pk]
    assert DocumentClient.objects.filter(board=board).exclude(user_id=RETIRED).exists()
