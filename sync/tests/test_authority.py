"""A permission that changes at a random moment of a burst: nothing commits after it returned.

`CANVAS_TEST_SEEDS=1000 pytest sync/tests/test_authority.py` for a long run.
"""

import asyncio
import os
import random

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from audit.origin import SYSTEM_ORIGIN
from audit.tests.actors import by
from boards.access.resolve import Access, Entry
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.spaces.members import space_permission_grant, space_permission_revoke
from boards.spaces.placing import boards_place
from boards.spaces.services import space_create, space_delete
from boards.tests.factories import make_board
from sync.access.admission import Admission
from sync.access.handshake import Request
from sync.rooms.member import Member
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.rooms.transport import AsgiTransport
from sync.tests.conftest import Open
from sync.tests.gates import eventually
from sync.tests.yclient import YClient
from sync.wire import frames

SEEDS = int(os.environ.get("CANVAS_TEST_SEEDS", "25"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60 + SEEDS)]


async def burst(client: YClient, rnd: random.Random) -> None:
    """Edits until it is told to stop, with pauses of random length."""
    for number in range(10_000):
        await client.send(frames.encode_update(client.edit("e", n=number)))
        if rnd.random() < 0.3:
            await asyncio.sleep(rnd.random() * 0.004)


async def under_way(board: Board, rnd: random.Random) -> None:
    """Waits for a random number of commits, and then for a random moment."""
    room, commits = rooms_of_this_process()._entries[board.pk].room, rnd.randrange(5)
    await eventually(lambda: room.head.seq >= commits)
    await asyncio.sleep(rnd.random() * 0.02)


def make_shared_board(owner: User, editor: User) -> Board:
    return make_board(owner, shared_with={editor: AccessLevel.EDIT})


def make_board_in_space(owner: User, editor: User) -> Board:
    space = space_create(owner=owner, name="Design", by=by(owner))
    subject = Subject(user=editor)
    space_permission_grant(space=space, subject=subject, level=AccessLevel.EDIT, by=by(owner))
    return make_board(owner, space=space)


@sync_to_async
def take_away(board: Board, owner: User, user: User, rnd: random.Random) -> int:
    """Downgrades or revokes; returns the head when that had returned."""
    if (space := board.space) is not None:
        subject = Subject(user=user)
        match rnd.randrange(4):
            case 0:
                space_permission_revoke(space=space, subject=subject, by=by(owner))
            case 1:
                level = AccessLevel.COMMENT
                space_permission_grant(space=space, subject=subject, level=level, by=by(owner))
            case 2:
                boards_place(boards=[board], space=None, by=by(owner))
            case _:
                space_delete(space=space, by=by(owner))
    elif rnd.random() < 0.5:
        permission_revoke(board=board, subject=Subject(user=user), by=by(owner))
    else:
        level = rnd.choice((AccessLevel.VIEW, AccessLevel.COMMENT))
        permission_grant(board=board, subject=Subject(user=user), level=level, by=by(owner))
    return Board.objects.values_list("head_seq", flat=True).get(pk=board.pk)


async def test_nothing_commits_after_a_permission_change_returned(
    alice: User, bob: User, connect: Open
) -> None:
    committed = 0
    for seed in range(SEEDS):
        rnd = random.Random(seed)
        make = make_board_in_space if seed % 2 else make_shared_board
        board = await sync_to_async(make)(alice, bob)
        client = await connect(board, bob)
        writing = asyncio.create_task(burst(client, rnd))
        await under_way(board, rnd)
        head = await take_away(board, alice, bob, rnd)
        await asyncio.sleep(0.02)
        writing.cancel()
        await client.close()
        await board.arefresh_from_db()
        assert board.head_seq == head, f"seed {seed}"
        committed += head
    assert committed > SEEDS, "the bursts were under way"


async def test_who_was_let_in_before_a_change_writes_nothing_after_it(
    alice: User, bob: User
) -> None:
    """The room is loaded after the change, and so knows the version that came with it."""
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
    access = Access(board.pk, AccessLevel.EDIT, "user", False, board.access_version)
    request = Request(board.pk, None, None, Entry.BOARD, False, False, SYSTEM_ORIGIN)
    await sync_to_async(permission_revoke)(board=board, subject=Subject(user=bob), by=by(alice))

    async def send(event: dict[str, object]) -> None:
        sent.append(event)

    sent: list[dict[str, object]] = []
    member = Member(
        AsgiTransport(send), Admission(request, bob.pk, "Bob", access, None), outbox_bytes=1
    )
    room = await rooms_of_this_process().join(member)
    room.receive_update(member, YClient(board, "").edit("e", n=1))
    await close_rooms()
    assert not member.can_edit
    await board.arefresh_from_db()
    assert board.head_seq == 0


async def test_what_waited_while_access_was_taken_away_is_not_committed(
    alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room knows the new version already when it takes the edit for its next commit."""
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
    owner, client = await connect(board, alice), await connect(board, bob)
    await client.draw("first", n=1)
    await client.until_saved()
    room = rooms_of_this_process()._entries[board.pk].room
    monkeypatch.setattr(room, "_wake", lambda: None)
    await client.draw("waits", n=1)
    await owner.draw("too", n=1)
    while len(room.queue) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    await sync_to_async(permission_revoke)(board=board, subject=Subject(user=bob), by=by(alice))
    assert await client.until_closed()
    monkeypatch.undo()
    room._wake()
    await owner.until_saved()
    late = await connect(board, alice)
    assert late.ids() == {"first", "too"}
