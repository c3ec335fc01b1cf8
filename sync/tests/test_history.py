"""A board over its budgets becomes usable again, and nobody brings its old history back."""

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.management import call_command
from pycrdt import Map

from audit.actions import AuditAction
from audit.actor import SYSTEM
from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.subjects import PUBLIC
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.permissions import permission_grant
from sync.document.ownership import HISTORY_REPLACED, RETIRED
from sync.document.yjs import merge
from sync.drawing.scene import Roots, elements_create
from sync.management.commands.compact_boards import HISTORIES
from sync.management.commands.compact_boards import Command as CompactBoards
from sync.models import DocumentClient, Version
from sync.programs import history
from sync.programs.documents import document_now
from sync.programs.history import history_replace
from sync.programs.writes import document_change
from sync.rooms import limits
from sync.storage.attempts import boards_asking
from sync.storage.compaction import compact_board
from sync.storage.store import append_update
from sync.tests import hostile
from sync.tests.conftest import Open
from sync.tests.test_budgets import FULL_AT, every_other, values
from sync.tests.yclient import TIMEOUT
from sync.wire import frames
from sync.wire.budgets import Budgets
from sync.wire.close_codes import CloseCode

BUDGETS = Budgets(clients=100, clients_each=80, deletions=FULL_AT)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "BOARD_BUDGETS", BUDGETS)
    monkeypatch.setattr(history, "BOARD_BUDGETS", BUDGETS)
    monkeypatch.setattr("django.conf.settings.CANVAS_DATA_DIR", tmp_path)


def fill(board: Board, user: User) -> None:
    """As a version without budgets let anybody do: twice the reserves of everything."""
    box = {"id": "box", "type": "rectangle", "x": 1, "y": 2, "width": 3, "height": 4}

    def draw(roots: Roots) -> None:
        elements_create(roots, [box])

    document_change(board=board, user=user, change=draw)
    many = 3 * FULL_AT
    full = [values(777, 0, many), every_other(777, 0, many), hostile.many_clients(400)]
    append_update(board.pk, merge(full), None)


async def until_it_asks(board: Board) -> None:
    """Waits until a room has noted that the board needs a fresh history."""
    async with asyncio.timeout(TIMEOUT):
        while await sync_to_async(boards_asking)() != [board.pk]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def repair(board: Board, *options: str) -> str:
    out = StringIO()
    call_command("repair_board", "--board", str(board.pk), "--fresh-history", *options, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's database is in memory: no other process could load from it."""
    monkeypatch.setattr("sync.management.commands.repair_board._loads", lambda *_: True)


@pytest.mark.django_db(transaction=True)
async def test_a_board_over_its_budgets_refuses_before_and_saves_after(
    board: Board, alice: User, bob: User, connect: Open, small: None
) -> None:
    await sync_to_async(fill)(board, alice)
    refused = await connect(board, alice)
    await refused.draw("mine", n=1)
    await refused.until(lambda: refused.close_code is not None)
    assert refused.close_code == CloseCode.TOO_MANY, "they may come back: it is soon repaired"
    await until_it_asks(board)
    before = await sync_to_async(lambda: document_now(board.pk)[0].content()["elements"])()
    assert "402" in await sync_to_async(repair)(board, "--dry-run")
    assert len((await sync_to_async(document_now)(board.pk))[0].clocks) > 400
    holder = await connect(board, bob)  # connected while it is repaired
    await sync_to_async(repair)(board)

    document, _ = await sync_to_async(document_now)(board.pk)
    assert document.content()["elements"] == before
    assert (len(document.clocks), document.deletions.count) == (1, 0)
    assert (
        await sync_to_async(
            AuditLog.objects.filter(action=AuditAction.ROOM_COMPACT, board_id=board.pk).count
        )()
        == 1
    )
    assert await sync_to_async(Version.objects.filter(board=board).count)() == 1
    await holder.until(lambda: holder.close_code is not None)
    assert (holder.close_code, holder.close_reason) == (CloseCode.MALFORMED, HISTORY_REPLACED)

    for user in (alice, bob):
        late = await connect(board, user)
        assert set(late.doc.get("elements", type=Map).keys()) >= {"box"}
        await late.draw(f"of {user.username}", n=1)
        await late.until_saved()
        assert late.close_code is None


@pytest.mark.django_db(transaction=True)
async def test_who_holds_the_old_history_is_sent_away_and_cannot_bring_it_back(
    board: Board, alice: User, bob: User, connect: Open, small: None
) -> None:
    await sync_to_async(fill)(board, alice)
    old = await connect(board, bob)
    await sync_to_async(history_replace)(board.pk, by=SYSTEM)
    await sync_to_async(compact_board)(board.pk)
    before = (await sync_to_async(document_now)(board.pk))[0].content()
    for frame in (
        frames.encode_step1(old.doc.get_state()),
        frames.encode_step2(old.doc.get_update()),
        frames.encode_update(old.doc.get_update()),
    ):
        again = await connect(board, bob)
        await again.send(frame)
        await again.until(lambda: again.close_code is not None)  # noqa: B023
        assert HISTORY_REPLACED in again.close_reason
    assert (await sync_to_async(document_now)(board.pk))[0].content() == before


@pytest.mark.django_db(transaction=True)
async def test_hostile_guests_on_a_public_link_keep_no_newcomer_from_writing(
    board: Board, alice: User, bob: User, connect: Open, small: None
) -> None:
    await sync_to_async(permission_grant)(
        board=board, subject=PUBLIC, level=AccessLevel.EDIT, by=by(alice)
    )
    a = await connect(board, alice)
    await a.draw("honest", n=0)
    await a.until_saved()
    for guest in range(8):
        hostile_guest = await connect(board, None, "public=1&edit=true&saved=1")
        structs = [hostile._section(1000 + 100 * guest + n, 0, b"\x00\x01") for n in range(36)]
        await hostile_guest.send(frames.encode_update(hostile._update(*structs)))
        await asyncio.sleep(0)
    for user in (bob, None, alice):
        late = await connect(board, user, "saved=1" if user else "public=1&edit=true&saved=1")
        await late.draw("newcomer", n=1)
        await late.until_saved()
        assert late.close_code is None, late.close_reason
    await until_it_asks(board)
    await sync_to_async(CompactBoards(stdout=StringIO())._work)(HISTORIES)
    document, _ = await sync_to_async(document_now)(board.pk)
    assert len(document.clocks) < 10
    assert await sync_to_async(boards_asking)() == []
    retired = DocumentClient.objects.filter(board=board, user_id=RETIRED)
    assert await sync_to_async(retired.count)() > 36
