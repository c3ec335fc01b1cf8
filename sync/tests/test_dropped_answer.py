"""A newcomer whose first answer was dropped gets it all the same."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from boards.models import Board
from sync.access.admission import admit
from sync.rooms.member import Member
from sync.rooms.process import rooms_of_this_process
from sync.rooms.transport import AsgiTransport
from sync.tests.admitted import request_of
from sync.tests.conftest import Open
from sync.tests.test_member import Reader
from sync.wire import frames
from sync.wire.frames import KEEP_ALIVE, MessageType, SyncType

pytestmark = pytest.mark.django_db(transaction=True)

OUTBOX_BYTES = 20


def kinds_of(received: list[object]) -> list[object]:
    """What each frame is; presence is left out."""
    read = [frame for frame in received if isinstance(frame, bytes)]
    return [
        MessageType(frame[0]) if frame[0] else SyncType(frame[1])
        for frame in read
        if frame[0] != MessageType.AWARENESS
    ]


async def test_a_slow_newcomer_whose_answer_was_dropped_is_synced_and_asked(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """Without a step 2 a client never believes that it is synced, and without a step 1 it never
    uploads what it drew offline.
    """
    a = await connect(board, alice)
    await a.draw("e1", type="rectangle")
    await a.until_saved()
    request = await sync_to_async(request_of)(board, user=bob)
    admission = await sync_to_async(admit)(request)
    reader, rooms = Reader(), rooms_of_this_process()
    member = Member(AsgiTransport(reader.send), admission, outbox_bytes=OUTBOX_BYTES)
    room = await rooms.join(member)
    member.attach(lambda frame: None)
    reader.reads.clear()
    member.offer(KEEP_ALIVE)
    await asyncio.sleep(0)
    room.answers.receive_step1(member, frames.EMPTY_STATE_VECTOR)
    reader.reads.set()
    async with asyncio.timeout(5):
        while len(kinds_of(reader.received)) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert kinds_of(reader.received) == [SyncType.STEP2, SyncType.STEP1]
    rooms.leave(room, member)
    await member.stop()
