"""After restoring an old backup, people bring back what their pages still have."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pycrdt import Map

from boards.models import Board
from sync.document.document import Document
from sync.models import DocumentClient, DocumentUpdate
from sync.programs.writes import program_client_id
from sync.rooms.process import close_rooms
from sync.tests.conftest import Open
from sync.tests.histories import Author
from sync.tests.yclient import YClient, token_query
from sync.wire import frames
from sync.wire.close_codes import CloseCode
from sync.wire.frames import MalformedError
from sync.wire.update import parse

pytestmark = pytest.mark.django_db(transaction=True)


def restore_backup(board: Board, seq: int) -> None:
    """Everything after a sequence is as if it had never been."""
    DocumentUpdate.objects.filter(board=board, seq__gt=seq).delete()
    DocumentClient.objects.filter(board=board, seq__gt=seq).delete()
    Board.objects.filter(pk=board.pk).update(head_seq=seq)


async def come_back(old: YClient, board: Board, user: User) -> YClient:
    """The same page, with all that it holds."""
    await old.close()
    query = await sync_to_async(token_query)(user)
    again = YClient(board, query)
    again.doc, again.elements = old.doc, old.elements
    again._subscription = again.doc.observe(again._on_change)
    accepted, _ = await again.communicator.connect(timeout=10)
    assert accepted
    again._reader = asyncio.create_task(again._read())
    await again.send(frames.encode_step1(again.doc.get_state()))
    await again.send(frames.encode_step2(again.doc.get_update()))
    return again


async def lose_work(
    board: Board, alice: User, bob: User, connect: Open
) -> tuple[YClient, YClient, YClient]:
    """Two people whose board forgets the last that each drew; and one who came after the backup."""
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("a1", type="rectangle")
    await a.until_saved()
    await b.draw("b1", type="rectangle")
    await b.until_saved()
    await board.arefresh_from_db()
    backup = board.head_seq
    late = await connect(board, bob)
    await b.draw("b2", type="rectangle")
    await b.until_saved()
    await late.draw("late", type="rectangle")
    await late.until_saved()
    await a.until(lambda: a.ids() == {"a1", "b1", "b2", "late"})
    await a.draw("b2", pos=[1, 2])  # builds on what will be lost
    await a.until_saved()
    for client in (a, b, late):
        await client.close()
    await close_rooms()
    await sync_to_async(restore_backup)(board, backup)
    return a, b, late


async def test_normally_nobody_brings_what_another_wrote(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    a, _, _ = await lose_work(board, alice, bob, connect)
    a = await come_back(a, board, alice)
    assert await a.until_closed() == CloseCode.MALFORMED
    assert a.close_reason == "Not accepted: client id belongs to somebody else."


async def test_in_a_recovery_one_person_brings_back_the_work_of_all(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, late = await lose_work(board, alice, bob, connect)
    monkeypatch.setattr("sync.rooms.limits.IS_RECOVERY", True)
    a.edit("a2", type="rectangle")
    a = await come_back(a, board, alice)
    await a.until_saved()
    await a.close()
    await close_rooms()
    monkeypatch.setattr("sync.rooms.limits.IS_RECOVERY", False)
    # Each goes on under the id they had, and has what was never sent in there.
    b.edit("b3", type="rectangle")
    for client in (b, late):
        back = await come_back(client, board, bob)
        await back.draw(f"more-{client is b}", type="rectangle")
        await back.until_saved()
        await back.close()
    reader = await connect(board, alice)
    lost = {"a1", "b1", "b2", "late"}
    assert reader.ids() == lost | {"a2", "b3", "more-True", "more-False"}
    assert reader.content()["b2"]["pos"] == [1, 2]


def test_guests_bring_nothing_but_their_own_also_in_a_recovery() -> None:
    author = Author(7)
    author.elements["e"] = Map({"type": "rectangle"})
    (update,) = author.updates
    document = Document.load([], owners={7: 1})
    with pytest.raises(MalformedError, match="client id"):
        document.take(update, parse(update), None, is_recovery=True)
    taken = document.take(update, parse(update), 2, is_recovery=True)
    assert taken is not None
    assert (taken.update, taken.claims) == (update, ())


def test_programs_write_under_another_id_in_a_recovery(board: Board, settings: Any) -> None:
    before = program_client_id(board.pk, 1)
    settings.CANVAS_RECOVERY = "2026-11-23"
    assert program_client_id(board.pk, 1) != before
