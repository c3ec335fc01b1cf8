"""The promises of a room: saved means saved, nothing uncommitted leaves, and who may write."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import DataError, OperationalError

from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_trash
from boards.models import Board
from boards.sharing.permissions import permission_grant, permission_revoke
from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.models import DocumentUpdate
from sync.rooms.registry import close_rooms, rooms_of_this_process
from sync.storage import store
from sync.storage.batches import Batch
from sync.storage.log import read_stored
from sync.tests.conftest import Open
from sync.tests.yclient import YClient
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def stored_content(board: Board) -> dict[str, Any]:
    """What a start from the rows would show."""
    await board.arefresh_from_db()
    stored = await sync_to_async(read_stored)(board.pk, board.head_seq)
    return dict(stored.document().content()["elements"])


async def eventually(condition: Callable[[], bool]) -> None:
    """Lets the event loop run until the condition holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  what is awaited is inside the engine
            await asyncio.sleep(0.01)


class Gate:
    """Holds every commit until it is opened; then lets them do what they did before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()
        real = store._commit

        def held(batches: list[Batch]) -> list[store.Outcome]:
            self.reached.set()
            assert self.opened.wait(10)
            return real(batches)

        monkeypatch.setattr(store, "_commit", held)

    async def until_reached(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, 5)


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


async def test_after_a_permission_change_returns_no_update_commits(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await b.draw("e1", type="rectangle")
    await b.until_saved()
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=bob), level=AccessLevel.VIEW, by=by(alice)
    )
    await b.draw("e2", type="ellipse")
    await a.draw("e3", type="diamond")
    await a.until_saved()
    await b.until(lambda: "e3" in b.elements)
    assert set(await stored_content(board)) == {"e1", "e3"}
    late = await connect(board, alice)
    assert late.ids() == {"e1", "e3"}


async def test_a_batch_that_waits_while_the_permission_goes_is_not_committed(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The access version is part of the compare-and-set, so no message has to arrive in time."""
    a, b = await connect(board, alice), await connect(board, bob)
    gate = Gate(monkeypatch)
    await b.draw("e1", type="rectangle")
    await a.draw("e2", type="ellipse")
    await gate.until_reached()
    await sync_to_async(permission_revoke)(board=board, subject=Subject(user=bob), by=by(alice))
    gate.opened.set()
    assert await b.until_closed() == CloseCode.NO_PERMISSION
    await a.until_saved()
    assert set(await stored_content(board)) == {"e2"}
    late = await connect(board, alice)
    assert late.ids() == {"e2"}


async def test_an_upgrade_takes_effect_on_the_open_socket(
    board: Board, alice: User, charlie: User, connect: Open
) -> None:
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=charlie), level=AccessLevel.VIEW, by=by(alice)
    )
    c = await connect(board, charlie)
    room = next(iter(rooms_of_this_process().rooms().values()))
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=charlie), level=AccessLevel.EDIT, by=by(alice)
    )
    await eventually(lambda: all(member.can_edit for member in room.members))
    await c.draw("e1", type="rectangle")
    await c.until_saved()


async def test_guests_leave_when_the_public_link_is_switched_off(
    board: Board, alice: User, connect: Open
) -> None:
    await sync_to_async(permission_grant)(
        board=board, subject=PUBLIC, level=AccessLevel.EDIT, by=by(alice)
    )
    guest = await connect(board, None)
    await sync_to_async(permission_revoke)(board=board, subject=PUBLIC, by=by(alice))
    assert await guest.until_closed() == CloseCode.NOT_AUTHENTICATED


async def test_everybody_leaves_when_the_board_goes_to_the_trash(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await sync_to_async(board_trash)(board=board, by=by(alice))
    assert await a.until_closed() == CloseCode.BOARD_GONE
    assert await b.until_closed() == CloseCode.BOARD_GONE


async def test_a_client_id_belongs_to_one_user_for_ever(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """Also after the room was let go, and for the same person after a reload."""
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("e1", type="rectangle")
    await a.until_saved()
    await b.until(lambda: "e1" in b.elements)
    forged = YClient(board, "")
    forged.doc = type(forged.doc)(client_id=a.doc.client_id)
    forged.elements = forged.doc.get("elements", type=type(a.elements))
    forged.doc.apply_update(a.doc.get_update())
    forged._subscription = forged.doc.observe(forged._on_change)
    update = forged.edit("e1", type="forged")
    await b.send(frames.encode_update(update))
    assert await b.until_closed() == CloseCode.MALFORMED
    assert b.close_reason == "Not accepted: client id belongs to somebody else."
    await a.close()
    await close_rooms()
    again = await connect(board, bob)
    await again.send(frames.encode_update(update))
    assert await again.until_closed() == CloseCode.MALFORMED
    own = await connect(board, alice)
    await own.send(frames.encode_update(update))
    await own.until(lambda: own.saved.get(a.doc.client_id, 0) > 2)
    assert (await stored_content(board))["e1"] == {"type": "forged"}


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
