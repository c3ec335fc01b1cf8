"""What the engine counts is what happened."""

import pytest
from django.contrib.auth.models import User

from boards.models import Board
from sync.metrics import FRAMES_OUT
from sync.rooms.process import rooms_of_this_process
from sync.tests.conftest import Open
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def test_frames_are_counted_for_the_sockets_that_get_them(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    author = await connect(board, alice)
    readers = [await connect(board, bob) for _ in range(3)]
    before = FRAMES_OUT.count
    await author.draw("e1", type="rectangle")
    for reader in readers:
        await reader.until(lambda reader=reader: "e1" in reader.ids())
    assert FRAMES_OUT.count - before == 3, "not for the author"

    room = rooms_of_this_process()._entries[board.pk].room
    assert room is not None
    ends = next(member for member in room.members if member.user_id == bob.pk)
    ends.close(CloseCode.RESTARTING, "")
    await author.draw("e2", type="rectangle")
    await author.until_saved()
    assert FRAMES_OUT.count - before == 5, "not for a socket that is closing"
