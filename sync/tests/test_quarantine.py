"""A board whose load fails or crashes the process is quarantined; all others go on."""

from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from boards.models import Board
from boards.tests.factories import make_board
from sync.management.commands import repair_board
from sync.models import DocumentUpdate, LoadAttempt
from sync.rooms.process import close_rooms
from sync.storage import attempts
from sync.storage.attempts import MAX_UNFINISHED, QuarantinedError, counted_load
from sync.storage.log import LogDamagedError, load_document
from sync.tests.conftest import Open
from sync.tests.test_compaction import content, draw
from sync.tests.yclient import close_code_of, token_query
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


class Crash(BaseException):
    """Stands for the end of the process: nothing after it runs."""


def crash_while_loading(board: Board) -> None:
    with pytest.raises(Crash), counted_load(board.pk):
        raise Crash


def test_loads_that_end_well_leave_no_mark(board: Board) -> None:
    for _ in range(2 * MAX_UNFINISHED):
        with counted_load(board.pk):
            pass
    assert not LoadAttempt.objects.exists()


def test_a_board_that_crashes_the_process_is_quarantined(board: Board, alice: User) -> None:
    for _ in range(MAX_UNFINISHED):
        crash_while_loading(board)
    with pytest.raises(QuarantinedError), counted_load(board.pk):
        pytest.fail("not reached")
    assert LoadAttempt.objects.get().quarantined_at is not None
    with counted_load(make_board(alice).pk):
        pass


def test_a_crash_or_two_are_forgiven(board: Board) -> None:
    for _ in range(MAX_UNFINISHED - 1):
        crash_while_loading(board)
    with counted_load(board.pk):
        pass
    assert not LoadAttempt.objects.exists()


def test_a_storage_that_fails_quarantines_no_board(board: Board) -> None:
    for error in (OperationalError("it is down"), InterfaceError("it is gone")):
        for _ in range(2 * MAX_UNFINISHED):
            with pytest.raises(type(error)), counted_load(board.pk):
                raise error
    with counted_load(board.pk):
        pass


def test_a_storage_that_is_down_leaves_a_mark_at_most(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(board_id: UUID) -> None:
        raise OperationalError("it is still down")

    monkeypatch.setattr(attempts, "_take_back_load", fail)
    with pytest.raises(OperationalError, match="it is down"), counted_load(board.pk):
        raise OperationalError("it is down")
    assert LoadAttempt.objects.get().unfinished == 1


def test_a_board_that_another_process_has_just_loaded_is_not_gone(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mark was there when this load wrote its own, and is not any more."""
    original = QuerySet.get
    asked = []

    def get(self: QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        if self.model is LoadAttempt:
            asked.append(kwargs)
            if len(asked) == 1:  # the other one begins after this one has looked
                LoadAttempt.objects.create(board_id=board.pk)
                raise LoadAttempt.DoesNotExist
            if len(asked) == 2:  # and ends after this one could not write
                LoadAttempt.objects.all().delete()
        return original(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "get", get)
    with counted_load(board.pk):
        pass
    assert len(asked) == 3


async def test_a_damaged_board_is_told_to_come_back_and_others_work(
    board: Board, alice: User, connect: Open
) -> None:
    await sync_to_async(draw)(board, 5)
    await DocumentUpdate.objects.filter(board=board, seq=3).aupdate(payload=b"\x01\xff")
    query = await sync_to_async(token_query)(alice)
    for _ in range(MAX_UNFINISHED + 1):
        code = await close_code_of(board_id=board.pk, query=query)
        assert code == CloseCode.STORAGE_UNAVAILABLE
    attempt = await LoadAttempt.objects.aget()
    assert attempt.quarantined_at is not None
    assert "DocumentError" in attempt.reason
    other = await sync_to_async(make_board)(alice, title="Other")
    client = await connect(other, alice)
    await client.draw("e1", type="rectangle")
    await client.until_saved()
    await close_rooms()


def test_repair_names_the_row_and_sets_it_aside(
    board: Board, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.CANVAS_DATA_DIR = tmp_path
    draw(board, 5)
    DocumentUpdate.objects.filter(seq=6).update(payload=b"\x01\xff")
    for _ in range(MAX_UNFINISHED):
        crash_while_loading(board)

    def loads(board_id: Any, until: int) -> bool:
        try:
            repair_board._load(board_id, until)
        except CommandError:
            return False
        return True

    monkeypatch.setattr(repair_board, "_loads", loads)
    with pytest.raises(CommandError, match="Row 6"):
        call_command("repair_board", "--board", str(board.pk))
    out = StringIO()
    call_command("repair_board", "--board", str(board.pk), "--drop", stdout=out)
    assert "Row 6 was set aside" in out.getvalue()
    assert [path.read_bytes() for path in (tmp_path / "set-aside").iterdir()] == [b"\x01\xff"]
    assert not LoadAttempt.objects.exists()
    assert content(board)["elements"]["e"]["pos"] == [3, -3]
    assert load_document(board.pk).head.seq == 6


def load_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def loads(board_id: Any, until: int) -> bool:
        try:
            repair_board._load(board_id, until)
        except CommandError:
            return False
        return True

    monkeypatch.setattr(repair_board, "_loads", loads)


def test_repair_says_that_a_board_loads_only_where_it_does(
    board: Board, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """A row is missing: the rows around it alone make a document, which is not the board's."""
    settings.CANVAS_DATA_DIR = tmp_path
    load_in_this_process(monkeypatch)
    draw(board, 5)
    DocumentUpdate.objects.filter(seq=3).delete()
    with pytest.raises(LogDamagedError):
        load_document(board.pk)
    with pytest.raises(CommandError, match="Rows are missing: 3"):
        call_command("repair_board", "--board", str(board.pk))
    out = StringIO()
    call_command("repair_board", "--board", str(board.pk), "--drop", stdout=out)
    assert "Went on without missing rows: 3" in out.getvalue()
    assert "loads; any quarantine is lifted" in out.getvalue()
    assert load_document(board.pk).head.seq == 6


@pytest.mark.parametrize("command", ["repair_board", "compact_boards"])
def test_code_may_name_the_board_by_a_text(
    board: Board, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, command: str
) -> None:
    settings.CANVAS_DATA_DIR = tmp_path
    load_in_this_process(monkeypatch)
    draw(board, 5)
    out, more = StringIO(), {"drop": True} if command == "repair_board" else {}
    if more:
        DocumentUpdate.objects.filter(seq=3).update(payload=b"\xff")
    call_command(command, board=str(board.pk), stdout=out, **more)
    assert str(board.pk) in out.getvalue()
    assert load_document(board.pk).head.seq == 6


def test_an_unknown_board_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="There is no board"):
        call_command("repair_board", "--board", "00000000-0000-0000-0000-000000000000")
