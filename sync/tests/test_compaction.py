"""Compaction: the size follows the content, at every crash point the content stays."""

from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pycrdt import Map

from boards.models import Board
from boards.tests.factories import make_board
from sync.document.document import Document
from sync.document.splitting import split
from sync.document.yjs import merge
from sync.models import DocumentSnapshot, DocumentUpdate
from sync.storage import compaction, log
from sync.storage.compaction import CompactionError, boards_to_compact, compact_board, stored_bytes
from sync.storage.log import LogDamagedError, load_document, read_stored
from sync.storage.store import append_update
from sync.tests.histories import Author, random_history

pytestmark = pytest.mark.django_db


def draw(board: Board, moves: int, author: Author | None = None) -> Author:
    """One element, moved `moves` times, each move a row."""
    author = author or Author()
    if "e" not in author.elements:
        author.elements["e"] = Map({"type": "rectangle", "pos": [0, 0]})
    for step in range(moves):
        author.elements["e"]["pos"] = [step, -step]
    for update in author.updates:
        append_update(board.pk, update)
    author.updates.clear()
    return author


def content(board: Board) -> dict[str, Any]:
    return load_document(board.pk).document.content()


def test_a_thousand_moves_are_stored_in_twice_the_bytes_of_a_fresh_board(
    board: Board, alice: User
) -> None:
    draw(board, 1000)
    before = content(board)
    assert stored_bytes(board.pk) > 10_000
    report = compact_board(board.pk)
    assert report is not None
    assert report.rows == 1001
    fresh = Author()
    fresh.elements["e"] = Map({"type": "rectangle", "pos": [999, -999]})
    assert report.bytes_after == stored_bytes(board.pk) <= 2 * len(fresh.doc.get_update())
    assert content(board) == before


ELEMENT = {
    "type": "rectangle",
    "size": [120, 80],
    "strokeColor": "#1e1e1e",
    "backgroundColor": "#ffec99",
    "fillStyle": "solid",
    "roundness": {"type": 3},
    "groupIds": [],
    "frameId": None,
}


def test_edits_all_over_the_board_are_stored_in_little_more_than_the_content(board: Board) -> None:
    """The worst case: no two edits in a row are of one element, so that no marks merge."""
    people, elements, rounds = 4, 50, 20
    fresh = Author()
    for person in range(people):
        author = Author()
        for number in range(elements):
            author.elements[f"{person}-{number}"] = Map({**ELEMENT, "pos": [number, person]})
        for step in range(rounds):
            for number in range(elements):
                author.elements[f"{person}-{number}"]["pos"] = [step * 1.25, number * 0.5]
        append_update(board.pk, merge(author.updates))
        for number in range(elements):
            place = {"pos": [rounds * 1.25, number * 0.5]}
            fresh.elements[f"{person}-{number}"] = Map({**ELEMENT, **place})
    before = content(board)
    report = compact_board(board.pk)
    assert report is not None
    assert report.bytes_after < 1.2 * len(fresh.doc.get_update())
    assert content(board) == before


def test_a_damaged_snapshot_is_noticed(board: Board) -> None:
    draw(board, 5)
    compact_board(board.pk)
    payload = bytes(DocumentSnapshot.objects.get().payload)
    for damaged in (payload[:-3], payload[:20] + bytes([payload[20] ^ 1]) + payload[21:], b""):
        DocumentSnapshot.objects.update(payload=damaged)
        with pytest.raises(LogDamagedError, match="snapshot is damaged"):
            load_document(board.pk)


def test_a_board_that_is_compacted_while_it_is_read_is_not_damaged(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = draw(board, 5)
    read, times = log.read_stored, []

    def read_later(board_id: UUID, until: int) -> log.Stored:
        """Between the head and the rows somebody draws on, and the rows up to the head go."""
        times.append(until)
        if len(times) == 1:
            draw(board, 9, author)
            monkeypatch.setattr(log, "read_stored", read)
            compact_board(board.pk)
            monkeypatch.setattr(log, "read_stored", read_later)
        return read(board_id, until)

    monkeypatch.setattr(log, "read_stored", read_later)
    loaded = load_document(board.pk)
    assert loaded.head.seq == 15
    assert loaded.document.content()["elements"]["e"]["pos"] == [8, -8]
    assert times == [6, 15]


def test_a_snapshot_from_before_compression_is_read(board: Board) -> None:
    draw(board, 5)
    compact_board(board.pk)
    stored = read_stored(board.pk, until=6)
    DocumentSnapshot.objects.update(
        payload=b"".join(stored.snapshot or []), elements=stored.elements, is_packed=False
    )
    assert content(board)["elements"]["e"]["pos"] == [4, -4]


def test_editing_goes_on_after_a_compaction(board: Board) -> None:
    author = draw(board, 5)
    compact_board(board.pk)
    draw(board, 5, author)
    assert content(board)["elements"]["e"]["pos"] == [4, -4]
    assert list(DocumentUpdate.objects.values_list("seq", flat=True).order_by("seq")) == list(
        range(7, 12)
    )
    compact_board(board.pk)
    assert content(board)["elements"]["e"]["pos"] == [4, -4]
    assert DocumentSnapshot.objects.count() == 1


def test_a_second_compaction_has_nothing_to_do(board: Board) -> None:
    draw(board, 5)
    assert compact_board(board.pk) is not None
    assert compact_board(board.pk) is None


@pytest.mark.parametrize("crash_in", ["_insert", "_remove_covered"])
def test_a_crash_at_any_point_loses_nothing_and_the_next_run_finishes(
    board: Board, monkeypatch: pytest.MonkeyPatch, crash_in: str
) -> None:
    draw(board, 5)
    before = content(board)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(compaction, crash_in, crash)
        with pytest.raises(KeyboardInterrupt):
            compact_board(board.pk)
    assert content(board) == before
    assert compact_board(board.pk) is not None
    assert content(board) == before
    assert DocumentUpdate.objects.count() == 0


def test_a_snapshot_that_means_something_else_is_not_used(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(board, 5)
    other = Author()
    other.elements["x"] = Map({})
    monkeypatch.setattr(Document, "diff", lambda self, of=b"": other.doc.get_update())
    with pytest.raises(CompactionError):
        compact_board(board.pk)
    assert DocumentUpdate.objects.count() == 6
    assert DocumentSnapshot.objects.count() == 0


def test_a_missing_row_is_noticed_and_nothing_is_removed(board: Board) -> None:
    draw(board, 5)
    DocumentUpdate.objects.filter(seq=3).delete()
    with pytest.raises(LogDamagedError):
        compact_board(board.pk)
    with pytest.raises(LogDamagedError):
        load_document(board.pk)
    assert DocumentUpdate.objects.count() == 5


def test_a_reader_that_is_overtaken_by_a_compaction_reads_the_snapshot(board: Board) -> None:
    draw(board, 5)
    compact_board(board.pk)
    assert read_stored(board.pk, 6).document().content() == content(board)


def test_the_command_compacts_what_changed_and_the_loop_what_is_worth_it(
    board: Board, alice: User, settings: Any
) -> None:
    settings.CANVAS_COMPACT_ROWS = 10
    quiet = make_board(alice, title="Quiet")
    draw(board, 20)
    draw(quiet, 2)
    assert boards_to_compact(past_thresholds=True) == [board.pk]
    assert boards_to_compact(past_thresholds=False) == [board.pk, quiet.pk]
    out = StringIO()
    call_command("compact_boards", "--dry-run", stdout=out)
    assert "dry run" in out.getvalue()
    assert DocumentSnapshot.objects.count() == 0
    call_command("compact_boards", stdout=out)
    assert f"{board.pk}: 21 rows" in out.getvalue()
    assert DocumentUpdate.objects.count() == 0
    assert boards_to_compact(past_thresholds=False) == []


def test_one_board_that_fails_does_not_stop_the_others(board: Board, alice: User) -> None:
    damaged = make_board(alice, title="Damaged")
    draw(damaged, 9)
    DocumentUpdate.objects.filter(board=damaged, seq=4).delete()
    draw(board, 2)
    errors = StringIO()
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("compact_boards", stdout=StringIO(), stderr=errors)
    assert str(damaged.pk) in errors.getvalue()
    assert not DocumentUpdate.objects.filter(board=board).exists()


def test_an_unknown_board_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="There is no board"):
        call_command("compact_boards", "--board", "00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("seed", range(12))
def test_a_document_in_pieces_is_the_same_document(seed: int) -> None:
    document = Document.load(random_history(seed, steps=60))
    whole = document.diff()
    for size in (1, 20, 80):
        pieces = split(whole, size)
        assert len(pieces) > 1
        again = Document.load([], snapshot=pieces, elements=document.elements.encode())
        assert again.clocks == document.clocks
        assert again.content() == document.content()
        assert Document.load([again.diff()]).content() == document.content()


def test_a_large_board_is_stored_and_loaded_in_pieces(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no piece holds the process, and everybody's boards with it, for long."""
    monkeypatch.setattr("sync.document.splitting.PIECE_BYTES", 200)
    for update in random_history(5, steps=60):
        append_update(board.pk, update)
    before = load_document(board.pk).document
    assert compact_board(board.pk)
    applied: list[int] = []
    real = Document.apply

    def apply(self: Document, update: bytes) -> None:
        applied.append(len(update))
        real(self, update)

    monkeypatch.setattr(Document, "apply", apply)
    after = load_document(board.pk).document
    assert len(applied) > 3
    assert max(applied) < 2_000
    assert after.content() == before.content()
    assert after.clocks == before.clocks
