"""Boards that were touched and left do not stay in memory.

`CANVAS_TEST_BOARDS=10000 pytest sync/tests/test_memory.py -s` for the long run.
"""

import asyncio
import gc
import os
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pycrdt import Map

from audit.origin import SYSTEM_ORIGIN
from boards.access.resolve import Access, Entry
from boards.levels import AccessLevel
from boards.models import Board
from sync.access.admission import Admission
from sync.access.handshake import Request
from sync.rooms.member import Member
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.rooms.transport import AsgiTransport
from sync.storage.store import append_update
from sync.tests.histories import Author

BOARDS = int(os.environ.get("CANVAS_TEST_BOARDS", "300"))
WARM_UP = 100
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120 + BOARDS // 10)]


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def make_boards(owner: User, count: int) -> list[Board]:
    """Boards with a hundred elements each."""
    author = Author()
    with author.doc.transaction():
        for index in range(100):
            author.elements[f"e{index}"] = Map({"type": "rectangle", "pos": [index, index]})
    update = author.doc.get_update()
    boards = Board.objects.bulk_create(Board(title="B", owner=owner) for _ in range(count))
    for board in boards:
        append_update(board.pk, update, owner.pk)
    return boards


async def touch(board: Board, owner: User) -> None:
    """Opens the board as somebody would, and leaves."""

    async def send(_: dict[str, object]) -> None:
        return

    request = Request(board.pk, None, None, Entry.BOARD, False, True, SYSTEM_ORIGIN)
    access = Access(board.pk, AccessLevel.EDIT, "owner", True, 1)
    admission = Admission(request, owner.pk, "A", access, None)
    rooms = rooms_of_this_process()
    member = Member(AsgiTransport(send), admission, outbox_bytes=1_000_000)
    room = await rooms.join(member)
    room.answers.receive_step1(member, b"\x00")
    rooms.leave(room, member)
    await member.stop()


async def test_memory_returns_when_boards_are_left(alice: User, settings: Any) -> None:
    settings.CANVAS_ROOM_IDLE_SECONDS = 0
    boards = await sync_to_async(make_boards)(alice, WARM_UP + BOARDS)
    for board in boards[:WARM_UP]:
        await touch(board, alice)
    before = await settled_bytes()
    peak = before
    for board in boards[WARM_UP:]:
        await touch(board, alice)
        peak = max(peak, resident_bytes())
    after = await settled_bytes()
    await close_rooms()
    print(f"{BOARDS} boards: {before:,} → {after:,} bytes, at most {peak:,}")
    assert after < before * 1.2


async def settled_bytes() -> int:
    """The memory once every room is gone."""
    rooms = rooms_of_this_process()
    async with asyncio.timeout(30):
        while rooms._entries or len(rooms._background):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not rooms._bus._joined
    gc.collect()
    return resident_bytes()
