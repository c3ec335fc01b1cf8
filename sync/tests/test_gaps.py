"""Whoever sends an update with a gap is asked for the rest, once they have what they lack."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from boards.models import Board
from sync.tests.conftest import Open
from sync.tests.gates import Gate
from sync.tests.yclient import YClient, token_query
from sync.wire import frames
from sync.wire.frames import SyncType

pytestmark = pytest.mark.django_db(transaction=True)


async def test_whoever_draws_before_the_first_answer_is_asked_after_it(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked earlier, they could answer with what they saw of others elsewhere, which this process
    has yet to read, or with the end of something whose beginning they are about to get; either
    would be refused for good.
    """
    a = await connect(board, alice)
    gate = Gate(monkeypatch)
    await a.draw("e1", type="rectangle")
    await gate.until_reached()
    returning = YClient(board, await sync_to_async(token_query)(bob))
    assert (await returning.communicator.connect())[0]
    returning.edit("drawn offline", type="rectangle")
    await returning.send(frames.encode_step1(returning.doc.get_state()))
    await returning.draw("drawn offline", pos=[1, 1])
    assert await returning.communicator.receive_nothing(timeout=0.2)
    gate.opened.set()
    answers = [await returning.communicator.receive_from() for _ in range(2)]
    kinds = [SyncType(frame[1]) for frame in answers if isinstance(frame, bytes)]
    assert kinds == [SyncType.STEP2, SyncType.STEP1]
    await returning.send(frames.encode_step2(returning.doc.get_update()))
    await a.until(lambda: "drawn offline" in a.elements)
    await returning.communicator.disconnect()
