"""Two processes on one channel layer: they tell each other what both need, and nothing else.

Both registries live in this event loop, with Channels' own layer between them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.contrib.auth.models import User

from audit.tests.actors import by
from boards.lifecycle.basics import board_trash
from boards.models import Board
from sync.rooms import process, registry, upkeep
from sync.rooms.bus import GOODBYE, HELLO, HERE, PRESENCE, UPDATE
from sync.rooms.registry import Rooms
from sync.tests.conftest import Open
from sync.tests.yclient import TIMEOUT, YClient
from sync.wire import frames
from sync.wire.awareness import Entry, encode_entries

pytestmark = pytest.mark.django_db(transaction=True)

Join = Callable[[Rooms, User], Awaitable[YClient]]


class Wire:
    """What goes through the layer, some of which may get lost."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent: list[str] = []
        self.lost: set[str] = set()
        layer: Any = get_channel_layer()
        for name in ("send", "group_send"):
            patch.setattr(layer, name, self._noting(getattr(layer, name)))

    def _noting(self, send: Any) -> Any:
        async def noting(to: str, message: dict[str, Any]) -> None:
            self.sent.append(message["type"])
            if message["type"] not in self.lost:
                await send(to, message)

        return noting


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return Wire(monkeypatch)


@pytest_asyncio.fixture
async def processes(wire: Wire) -> AsyncIterator[tuple[Rooms, Rooms]]:
    pair = Rooms(), Rooms()
    for rooms in pair:
        rooms._bus.has_others = True
    yield pair
    for rooms in pair:
        await rooms.close()
    process.of_loop.clear()


@pytest.fixture
def join(board: Board, connect: Open) -> Join:
    """Opens the board in one of the processes."""

    async def join(rooms: Rooms, user: User) -> YClient:
        process.of_loop[asyncio.get_running_loop()] = rooms
        return await connect(board, user)

    return join


async def eventually(condition: Callable[[], bool], seconds: float = TIMEOUT) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def until_they_know(processes: tuple[Rooms, Rooms], board: Board) -> None:
    await eventually(lambda: all(one._bus.has_listeners(board.pk) for one in processes))


async def announce(client: YClient, mark: int) -> None:
    state = f'{{"mark":{mark}}}'.encode()
    entries = encode_entries([Entry(client.doc.client_id, mark, state)])
    await client.send(frames.encode_awareness(entries))


def sees(client: YClient, mark: int) -> bool:
    return any(f'"mark":{mark}'.encode() in update for update in client.awareness)


async def test_the_first_board_is_joined_with_the_channel_that_is_received_on(
    processes: tuple[Rooms, Rooms], board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer needs time for a new channel; meanwhile the bus begins to receive."""
    bus = processes[0]._bus
    new_channel, made = bus._layer.new_channel, []

    async def slowly(prefix: str) -> str:
        await asyncio.sleep(0.05)
        made.append(await new_channel(prefix))
        return str(made[-1])

    monkeypatch.setattr(bus._layer, "new_channel", slowly)
    await bus.join(board.pk)
    await asyncio.sleep(0.1)
    assert made == [bus._channel]


async def test_nothing_is_sent_about_a_board_that_no_other_process_has_open(
    board: Board, alice: User, join: Join, processes: tuple[Rooms, Rooms], wire: Wire
) -> None:
    client = await join(processes[0], alice)
    await announce(client, 1)
    for number in range(5):
        await client.draw(f"e{number}", type="rectangle")
    await client.until_saved()
    await asyncio.sleep(0.1)
    assert set(wire.sent) <= {HELLO}


async def test_what_one_commits_reaches_the_other_without_reading_rows(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upkeep, "POLL_SECONDS", 60)
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await until_they_know(processes, board)
    monkeypatch.setattr("sync.storage.store._catch_up", None)
    await a.draw("from-a", type="rectangle")
    await b.until(lambda: "from-a" in b.ids())
    await b.draw("from-b", type="ellipse")
    await a.until(lambda: "from-b" in a.ids())
    await announce(a, 7)
    await b.until(lambda: sees(b, 7))


async def test_the_last_one_is_told_that_nobody_listens_any_more(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "IDLE_ON_BUS_SECONDS", 0.01)
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await until_they_know(processes, board)
    await announce(b, 2)
    await a.until(lambda: sees(a, 2))
    await b.close()
    await eventually(lambda: not processes[0]._bus.has_listeners(board.pk))
    assert GOODBYE in wire.sent
    wire.sent.clear()
    await a.draw("alone", type="rectangle")
    await a.until_saved()
    await asyncio.sleep(0.1)
    assert UPDATE not in wire.sent
    assert PRESENCE not in wire.sent


async def test_who_returns_to_a_board_that_did_not_listen_gets_what_was_missed(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "IDLE_ON_BUS_SECONDS", 0.01)
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await b.close()
    room = processes[1].rooms()[board.pk]
    await eventually(lambda: not room.is_on_bus)
    await a.draw("meanwhile", type="rectangle")
    await a.until_saved()
    again = await join(processes[1], bob)
    assert processes[1].rooms()[board.pk] is room
    assert "meanwhile" in again.ids()
    await until_they_know(processes, board)
    await a.draw("afterwards", type="rectangle")
    await again.until(lambda: "afterwards" in again.ids())


async def test_what_is_committed_while_it_begins_to_listen_again_is_not_missed(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "IDLE_ON_BUS_SECONDS", 0.01)
    monkeypatch.setattr(upkeep, "POLL_SECONDS", 60)
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await b.close()
    await eventually(lambda: not processes[1].rooms()[board.pk].is_on_bus)
    wire.lost = {HELLO, HERE}
    bus_join = processes[1]._bus.join

    async def late(board_id: UUID) -> None:
        await a.draw("in between", type="rectangle")
        await a.until_saved()
        await bus_join(board_id)

    monkeypatch.setattr(processes[1]._bus, "join", late)
    again = await join(processes[1], bob)
    assert "in between" in again.ids()


async def test_people_who_only_look_are_found_by_their_counts(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upkeep, "CONNECTED_TICKS", 1)
    wire.lost = {HELLO, HERE}
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await asyncio.sleep(0.1)
    wire.lost = set()
    await until_they_know(processes, board)
    await announce(a, 3)
    await b.until(lambda: sees(b, 3))


async def test_a_lost_hello_is_made_up_for_by_the_poll(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    wire: Wire,
) -> None:
    wire.lost = {HELLO, HERE}
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await a.draw("unheard", type="rectangle")
    await a.until_saved()
    assert not any(one._bus.has_listeners(board.pk) for one in processes)
    wire.lost = set()
    await b.until(lambda: "unheard" in b.ids())
    await until_they_know(processes, board)


async def test_a_commit_before_the_hello_was_heard_is_not_missed(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer to a hello says how far the other one is."""
    monkeypatch.setattr(upkeep, "POLL_SECONDS", 60)
    a = await join(processes[0], alice)
    wire.lost = {HELLO}
    b = await join(processes[1], bob)
    await a.draw("unheard", type="rectangle")
    await a.until_saved()
    wire.lost = set()
    processes[1]._bus.rejoin(board.pk)
    await b.until(lambda: "unheard" in b.ids())


async def test_who_was_on_a_process_that_stopped_is_gone_at_once(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
) -> None:
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await until_they_know(processes, board)
    await announce(b, 4)
    await a.until(lambda: sees(a, 4))
    await processes[1].close()
    await eventually(lambda: not processes[0].rooms()[board.pk].presence._entries, 1)
    await eventually(lambda: not processes[0]._bus.has_listeners(board.pk), 1)


async def test_who_was_on_a_process_that_is_silent_is_gone_with_it(
    board: Board,
    alice: User,
    bob: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    wire: Wire,
) -> None:
    a = await join(processes[0], alice)
    b = await join(processes[1], bob)
    await until_they_know(processes, board)
    await announce(b, 5)
    await a.until(lambda: sees(a, 5))
    bus = processes[0]._bus
    bus._peers._clock = lambda: 1e9
    bus._tell_peers()
    await eventually(lambda: not processes[0].rooms()[board.pk].presence._entries, 1)
    late = await join(processes[0], bob)
    await asyncio.sleep(0.2)
    assert not sees(late, 5)


async def test_an_idle_board_in_the_trash_is_closed_though_it_does_not_listen(
    board: Board,
    alice: User,
    join: Join,
    processes: tuple[Rooms, Rooms],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "IDLE_ON_BUS_SECONDS", 0.01)
    a = await join(processes[0], alice)
    await a.close()
    await eventually(lambda: not processes[0].rooms()[board.pk].is_on_bus)
    await sync_to_async(board_trash)(board=board, by=by(alice))
    await eventually(lambda: not processes[0].rooms())
