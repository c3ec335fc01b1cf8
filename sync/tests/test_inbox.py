"""Large frames are read on a thread: others go on, order and permissions stay intact."""

import asyncio
import threading
from collections.abc import Callable, Mapping

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pycrdt import Map

from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.permissions import permission_revoke
from boards.tests.factories import make_board
from sync.document import splitting
from sync.rooms.process import rooms_of_this_process
from sync.rooms.transport import AsgiTransport
from sync.sockets import inbox
from sync.sockets.inbox import LARGE_FRAME_BYTES, Inbox
from sync.tests.conftest import Open
from sync.tests.yclient import TIMEOUT, YClient
from sync.wire import frames
from sync.wire.close_codes import CloseCode
from sync.wire.lib0 import Limits
from sync.wire.parsed import Parsed
from sync.wire.update import parse

pytestmark = pytest.mark.django_db(transaction=True)


def many_elements(client: YClient, count: int = 2_000) -> bytes:
    """A frame with a drawing of many elements in one update."""
    before = client.doc.get_state()
    elements = client.doc.get("elements", type=Map)
    with client.doc.transaction():
        for number in range(count):
            elements[f"many-{number}"] = Map(
                {"type": "rectangle", "pos": [number, 2.5], "size": [3, 4]}
            )
    frame = frames.encode_update(client.doc.get_update(before))
    assert len(frame) > LARGE_FRAME_BYTES
    return frame


class Gate:
    """Parsing that waits, on its thread, until it is let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.has_begun = threading.Event()
        self.may_go_on = threading.Event()
        monkeypatch.setattr(splitting, "parse", self._parse)

    def _parse(
        self,
        update: bytes,
        limits: Limits,
        end_step: Callable[[], None],
        known: Mapping[int, int],
    ) -> Parsed:
        self.has_begun.set()
        assert self.may_go_on.wait(2 * TIMEOUT)
        return parse(update, limits, end_step, known)

    async def begun(self) -> None:
        assert await asyncio.to_thread(self.has_begun.wait, 10)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


@pytest.fixture
def _disconnects_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with the direct transport, the end of a socket is heard of while it is held."""

    async def rest(transport: AsgiTransport) -> None:
        return

    monkeypatch.setattr(AsgiTransport, "rest", rest)


async def head_of(board: Board) -> int:
    await board.arefresh_from_db()
    return board.head_seq


async def test_others_draw_while_a_large_frame_is_read(
    alice: User, bob: User, connect: Open, gate: Gate
) -> None:
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
    busy, other = await connect(board, alice), await connect(board, bob)
    await busy.send(many_elements(busy))
    await gate.begun()
    await other.draw("meanwhile", n=1)
    await other.until_saved()
    gate.may_go_on.set()
    await busy.until_saved()
    await other.until(lambda: len(other.ids()) == 2_001)


async def test_what_follows_a_large_frame_waits_for_it(
    alice: User, connect: Open, gate: Gate
) -> None:
    board = await sync_to_async(make_board)(alice)
    client = await connect(board, alice)
    await client.send(many_elements(client))
    await client.draw("after", n=1)
    await gate.begun()
    gate.may_go_on.set()
    await client.until_saved()
    late = await connect(board, alice)
    assert len(late.ids()) == 2_001


@pytest.mark.usefixtures("_disconnects_at_once")
async def test_a_large_frame_counts_though_its_socket_has_closed(
    alice: User, connect: Open, gate: Gate
) -> None:
    board = await sync_to_async(make_board)(alice)
    client = await connect(board, alice)
    await client.send(many_elements(client))
    await gate.begun()
    closing = asyncio.create_task(client.close())
    await asyncio.sleep(0)
    gate.may_go_on.set()
    await closing
    late = await connect(board, alice)
    await late.until(lambda: len(late.ids()) == 2_000)


async def test_who_loses_access_while_a_large_frame_is_read_has_not_written_it(
    alice: User, bob: User, connect: Open, gate: Gate
) -> None:
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
    client = await connect(board, bob)
    await client.send(many_elements(client))
    await gate.begun()
    await sync_to_async(permission_revoke)(board=board, subject=Subject(user=bob), by=by(alice))
    room = rooms_of_this_process()._entries[board.pk].room
    gate.may_go_on.set()
    assert await client.until_closed() == CloseCode.NO_PERMISSION
    assert not room.queue
    assert await head_of(board) == 0


@pytest.mark.usefixtures("_disconnects_at_once")
async def test_who_loses_access_after_leaving_has_not_written_what_is_still_read(
    alice: User, bob: User, connect: Open, gate: Gate
) -> None:
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
    owner, client = await connect(board, alice), await connect(board, bob)
    await client.send(many_elements(client))
    await gate.begun()
    closing = asyncio.create_task(client.close())
    await asyncio.sleep(0)
    await sync_to_async(permission_revoke)(board=board, subject=Subject(user=bob), by=by(alice))
    gate.may_go_on.set()
    await closing
    await owner.draw("later", n=1)
    await owner.until_saved()
    assert await head_of(board) == 1


async def test_a_large_frame_that_is_malformed_closes_its_socket(
    alice: User, connect: Open
) -> None:
    board = await sync_to_async(make_board)(alice)
    client = await connect(board, alice)
    await client.send(many_elements(client)[:-1] + b"\x07")
    assert await client.until_closed() == CloseCode.MALFORMED
    assert await head_of(board) == 0


async def test_a_large_frame_is_read_in_short_steps(alice: User) -> None:
    board = await sync_to_async(make_board)(alice)
    update = frames.decode_frame(many_elements(YClient(board, "")))[0][1]
    steps = 0

    def end_step() -> None:
        nonlocal steps
        steps += 1

    parse(update, end_step=end_step)
    assert steps > len(update) // 100


async def test_of_all_sockets_only_so_much_waits(
    alice: User, bob: User, connect: Open, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.sockets.inbox.MAX_WAITING_IN_ALL_BYTES", 100)
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
    busy, other = await connect(board, alice), await connect(board, bob)
    await busy.send(many_elements(busy))
    await gate.begun()
    for number in range(5):
        await busy.draw(f"after {number}", n=number)
    await other.draw("meanwhile", n=1)
    await other.until_saved()
    room = rooms_of_this_process()._entries[board.pk].room
    held = {one.user_id: bool(one._holds) for one in room.members}
    assert held == {alice.pk: True, bob.pk: False}
    gate.may_go_on.set()
    await busy.until_saved()
    await other.until(lambda: len(other.ids()) == 2_006)
    assert not any(one._holds for one in room.members)
    assert inbox._waiting_in_all == 0


async def test_what_a_viewer_sent_is_forgotten_when_the_socket_ends(
    alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.VIEW})
    viewer = await connect(board, bob)
    began, may_go_on, read = threading.Event(), threading.Event(), 0
    decode = frames.decode_state_vector

    def slow(*args: object) -> dict[int, int]:
        nonlocal read
        read += 1
        began.set()
        assert may_go_on.wait(2 * TIMEOUT)
        return decode(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(frames, "decode_state_vector", slow)
    finishing, finish = asyncio.Event(), Inbox.finish

    async def noted(one: Inbox) -> None:
        finishing.set()
        await finish(one)

    monkeypatch.setattr(Inbox, "finish", noted)
    question = frames.encode_step1(frames.encode_state_vector(dict.fromkeys(range(5_000), 1)))
    for _ in range(3):
        await viewer.send(question)
    assert await asyncio.to_thread(began.wait, 10)
    closing = asyncio.create_task(viewer.close())
    await finishing.wait()
    may_go_on.set()
    await closing
    assert read == 1
