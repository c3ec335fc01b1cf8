"""The promises of a room: saved means saved, nothing uncommitted leaves, and who may write."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import DataError, OperationalError

from boards.models import Board
from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.models import DocumentUpdate
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.storage import store
from sync.storage.batches import Batch
from sync.tests.conftest import Open
from sync.tests.gates import Gate, eventually, stored_content
from sync.tests.yclient import YClient
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def test_nothing_leaves_before_it_is_committed(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither as an update, nor in an answer to a step 1, nor as saved."""
    a, b = await connect(board, alice), await connect(board, bob)
    gate = Gate(monkeypatch)
    await a.draw("e1", type="rectangle")
    await gate.until_reached()
    late = YClient(board, "saved=1&token=" + await _token(bob))
    assert (await late.communicator.connect())[0]
    await late.send(frames.encode_step1(b"\x00"))
    assert await late.communicator.receive_nothing(timeout=0.2)
    assert "e1" not in b.elements
    assert a.saved.get(a.doc.client_id, 0) == 0
    gate.opened.set()
    await b.until(lambda: "e1" in b.elements)
    await a.until_saved()
    first = await late.communicator.receive_from()
    assert first[:2] == b"\x00\x01"
    await late.communicator.disconnect()


async def _token(user: User) -> str:
    from boards.identity.tokens import issue_access_token

    return (await sync_to_async(issue_access_token)(user))[0]


async def test_what_is_shown_as_saved_is_in_the_rows(
    board: Board, alice: User, connect: Open
) -> None:
    a = await connect(board, alice)
    for step in range(50):
        await a.draw("e1", pos=[step, 0])
        await a.draw(f"e{step}", type="ellipse")
    await a.until_saved()
    assert await stored_content(board) == a.content()
    seqs = [row.seq async for row in DocumentUpdate.objects.order_by("seq")]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_edits_wait_for_a_storage_that_comes_back(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit may also have happened although its answer was lost: then it counts once."""
    a, b = await connect(board, alice), await connect(board, bob)
    real, calls = store._commit, 0

    def shaky(batches: list[Batch]) -> list[store.Outcome]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OperationalError("database is locked")
        outcomes = real(batches)
        if calls == 2:
            raise OperationalError("connection lost after the commit")
        return outcomes

    monkeypatch.setattr(store, "_commit", shaky)
    await a.draw("e1", type="rectangle")
    await a.draw("e2", type="ellipse")
    await a.until_saved()
    await b.until(lambda: b.ids() == {"e1", "e2"})
    assert set(await stored_content(board)) == {"e1", "e2"}
    seqs = [row.seq async for row in DocumentUpdate.objects.order_by("seq")]
    assert seqs == list(range(1, len(seqs) + 1))
    assert calls >= 3


async def test_a_board_that_alone_cannot_be_written_fails_alone(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await Board.objects.acreate(title="Other", owner=alice)
    a, o = await connect(board, alice), await connect(other, alice)
    real = store._commit

    def picky(batches: list[Batch]) -> list[store.Outcome]:
        if any(batch.board_id == other.pk for batch in batches):
            raise DataError("this row is not possible")
        return real(batches)

    monkeypatch.setattr(store, "_commit", picky)
    await o.draw("e1", type="rectangle")
    await a.draw("e1", type="rectangle")
    assert await o.until_closed() == CloseCode.STORAGE_UNAVAILABLE
    await a.until_saved()


async def test_a_storage_failure_is_told_and_loses_nothing_that_was_saved(
    board: Board,
    alice: User,
    bob: User,
    connect: Open,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    settings.CANVAS_STORAGE_WAIT_SECONDS = 0
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("e1", type="rectangle")
    await a.until_saved()

    def broken(_: object) -> list[store.Outcome]:
        raise OperationalError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "_commit", broken)
        await a.draw("e2", type="ellipse")
        assert await a.until_closed() == CloseCode.STORAGE_UNAVAILABLE
        assert await b.until_closed() == CloseCode.STORAGE_UNAVAILABLE
    assert "e2" not in b.elements
    again = await connect(board, bob)
    assert list(again.content()) == ["e1"]
    await again.draw("e3", type="diamond")
    await again.until_saved()


async def test_another_process_that_was_quicker_is_caught_up_with(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """The commit is a compare-and-set on the head: no sequence is given twice, nothing is lost."""
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("e1", type="rectangle")
    await a.until_saved()
    other = YClient(board, "")
    await sync_to_async(store.append_update)(board.pk, other.edit("other", type="ellipse"))
    await a.draw("e2", type="diamond")
    await a.until_saved()
    await b.until(lambda: b.ids() == {"e1", "e2", "other"})
    assert set(await stored_content(board)) == {"e1", "e2", "other"}
    assert [row.seq async for row in DocumentUpdate.objects.order_by("seq")] == [1, 2, 3]


async def test_of_two_contents_under_one_id_the_committed_one_is_true_for_all(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """A cloned client writes through another process: equal clocks must not hide a difference."""
    a, b = await connect(board, alice), await connect(board, bob)
    clone = YClient(board, "")
    clone.doc = type(clone.doc)(client_id=a.doc.client_id)
    clone.elements = clone.doc.get("elements", type=type(a.elements))
    clone._subscription = clone.doc.observe(clone._on_change)
    await sync_to_async(store.append_update)(board.pk, clone.edit("e1", type="theirs"))
    await a.draw("e1", type="mine")
    await a.draw("e2", type="later")
    await b.until(lambda: "e1" in b.elements)
    late = await connect(board, bob)
    stored = await stored_content(board)
    assert stored["e1"] == {"type": "theirs"}
    assert late.content()["e1"] == b.content()["e1"] == stored["e1"]


async def test_rows_of_another_process_arrive_without_a_message(
    board: Board, alice: User, connect: Open
) -> None:
    """The poll of the open boards finds what the bus lost."""
    a = await connect(board, alice)
    await a.draw("e1", type="rectangle")
    await a.until_saved()
    other = YClient(board, "")
    await sync_to_async(store.append_update)(board.pk, other.edit("other", type="ellipse"))
    await a.until(lambda: "other" in a.elements)


async def test_an_update_that_does_not_fit_costs_its_author_the_socket_and_nobody_else_anything(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await b.draw("e1", type="rectangle")
    await b.until_saved()
    bad = a.edit("bad", type="ellipse")
    real: Callable[[Document, bytes], None] = Document.apply

    def apply(self: Document, update: bytes) -> None:
        real(self, update)  # the harm is done before it fails, as in pycrdt
        if update == bad:
            raise DocumentError("block parent must be a shared type")

    monkeypatch.setattr(Document, "apply", apply)
    await a.send(frames.encode_update(bad))
    assert await a.until_closed() == CloseCode.MALFORMED
    await b.draw("e2", type="ellipse")
    await b.until_saved()
    assert set(await stored_content(board)) == {"e1", "e2"}
    late = await connect(board, bob)
    assert late.ids() == {"e1", "e2"}


# --- authority


# --- memory


async def test_an_idle_room_is_let_go_and_comes_back_whole(
    board: Board, alice: User, connect: Open, settings: Any
) -> None:
    settings.CANVAS_ROOM_IDLE_SECONDS = 0
    a = await connect(board, alice)
    await a.draw("e1", type="rectangle")
    await a.until_saved()
    await a.close()
    rooms = rooms_of_this_process()
    await eventually(lambda: not rooms._entries)
    again = await connect(board, alice)
    assert again.ids() == {"e1"}


async def test_the_longest_idle_room_goes_first_when_there_are_too_many(
    board: Board, alice: User, connect: Open, settings: Any
) -> None:
    settings.CANVAS_MAX_ROOMS = 2
    boards = [await Board.objects.acreate(title=f"Board {n}", owner=alice) for n in range(4)]
    rooms = rooms_of_this_process()
    busy = await connect(boards[0], alice)
    for one in boards[1:]:
        await (await connect(one, alice)).close()
    await eventually(lambda: set(rooms._entries) == {boards[0].pk, boards[3].pk})
    await busy.draw("e1", type="rectangle")
    await busy.until_saved()
    again = await connect(boards[1], alice)
    await again.draw("e1", type="rectangle")
    await again.until_saved()


async def test_a_restart_commits_what_is_queued_and_tells_everybody_to_come_back(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    for index in range(20):
        await a.draw(f"e{index}", type="rectangle")
    await a.until(lambda: a.saved.get(a.doc.client_id, 0) > 0)
    await close_rooms()
    assert await a.until_closed() == CloseCode.RESTARTING
    assert await b.until_closed() == CloseCode.RESTARTING
    assert set(b.ids()) <= set(await stored_content(board))


class Panic(BaseException):
    """An exception like pycrdt's: not an Exception."""


@pytest.mark.parametrize("step", ["take_batch", "_fan_out", "_confirm"])
@pytest.mark.parametrize("fault", [DocumentError, ValueError, Panic])
async def test_what_fails_in_one_room_harms_no_other_of_its_group(
    alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch, step: str, fault: type
) -> None:
    """And the room itself is loaded again; nobody misses what was committed before it failed."""
    first, bad, good = [
        await Board.objects.acreate(title=title, owner=alice) for title in ("1", "2", "3")
    ]
    holder, author, neighbour = [await connect(board, alice) for board in (first, bad, good)]
    reader = await connect(bad, alice)
    gate = Gate(monkeypatch)
    await holder.draw("e", n=1)
    await gate.until_reached()
    await author.draw("a", n=1)
    await neighbour.draw("b", n=1)
    rooms = rooms_of_this_process()
    room, other = rooms._entries[bad.pk].room, rooms._entries[good.pk].room
    await eventually(lambda: bool(room.queue and other.queue))  # both go in the next group
    real, failed = getattr(room, step), list[int]()

    def fails_once(*args: Any) -> Any:
        if not failed:
            failed.append(1)
            raise fault("what pycrdt says")
        return real(*args)

    monkeypatch.setattr(room, step, fails_once)
    gate.opened.set()
    await neighbour.until_saved()
    await author.until_saved()
    await reader.until(lambda: reader.ids() == {"a"})
    assert failed
    await author.draw("later", n=1)
    await author.until_saved()
