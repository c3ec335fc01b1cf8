"""The steps of one small update, each timed alone, for `bench.costs`; Django has to be set up."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.management import call_command
from pycrdt import Doc, Map

from audit.origin import SYSTEM_ORIGIN
from boards.access.resolve import Access, Entry
from boards.levels import AccessLevel
from boards.models import Board
from canvas_project.websocket_frames import binary_frame
from sync.access.admission import Admission
from sync.access.handshake import Request
from sync.document.document import Document
from sync.rooms.bus import Bus, BusMessage
from sync.rooms.limits import CLIENT_LIMITS
from sync.rooms.member import Member
from sync.rooms.room import Room
from sync.rooms.transport import read_rate_of_a_socket
from sync.scheduler import Work
from sync.storage.log import Head
from sync.storage.store import Store
from sync.wire import frames
from sync.wire.update import parse

ITERATIONS = 200


class Silent:
    """A transport that accepts everything and sends nothing."""

    is_writable = True
    counts_frames = False

    def __init__(self) -> None:
        self.read_rate = read_rate_of_a_socket()

    def attach(
        self,
        on_writable: Callable[[], None],
        on_frame: Callable[[bytes], None],
        work: Work = Work.INCOMING,
    ) -> None:
        """Nothing will be called."""

    def write(self, frame: bytes) -> None:
        binary_frame(frame)

    def hold(self) -> None:
        """Nothing arrives."""

    def release(self) -> None:
        """Nothing arrives."""

    async def rest(self) -> None:
        """Does not wait."""

    async def close(self, code: int, reason: str) -> None:
        """Nobody hears of it."""

    def stop(self) -> None:
        """Nothing runs."""


class Nobody:
    """The committer and host of the rooms: does nothing, the benchmark commits by hand."""

    def wake(self, room: Room) -> None:
        """The next iteration takes what there is."""

    def tell(self, board_id: UUID, event: dict[str, Any]) -> None:
        """Nobody listens."""

    def board_is_full(self, board_id: UUID) -> None:
        """It never is."""


class NoOthers:
    """What a bus reports to that nobody answers."""

    def receive(self, board_id: UUID, message: BusMessage) -> None:
        """Nothing comes."""

    def process_came(self, board_id: UUID) -> None:
        """None does."""

    def process_left(self, board_id: UUID, process: str) -> None:
        """None was there."""

    def others_are_at(self, board_id: UUID, seq: int) -> None:
        """There are none."""

    def seq_of(self, board_id: UUID) -> int:
        """Nobody asks."""
        return 0


class Steps:
    """Processor microseconds of each step for one update, one value per iteration."""

    def __init__(self, updates_a_turn: int) -> None:
        self.times: dict[str, list[float]] = {}
        self._share = 1e6 / updates_a_turn

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Times the block, for all updates of one iteration together."""
        started = time.process_time()
        yield
        used = time.process_time() - started
        self.times.setdefault(name, []).append(used * self._share)


def drag() -> list[bytes]:
    """The update that makes an element, and then one for each of its moves."""
    updates: list[bytes] = []
    doc: Doc[Map[object]] = Doc()
    elements = doc.get("elements", type=Map)
    subscription = doc.observe(lambda event: updates.append(event.update))
    elements["e"] = element = Map({"type": "rectangle", "pos": [0, 0]})
    for iteration in range(ITERATIONS):
        element["pos"] = [100.5 + iteration, 200.25 + iteration]
    doc.unobserve(subscription)
    return updates


def make_member(board: Board, user: User) -> Member:
    """A member who edits the board and wants message 100."""
    request = Request(board.pk, None, None, Entry.BOARD, False, True, SYSTEM_ORIGIN)
    access = Access(board.pk, AccessLevel.EDIT, "owner", True, board.access_version)
    admission = Admission(request, user.pk, "A", access, None)
    return Member(Silent(), admission, outbox_bytes=1_000_000)


def make_rooms(count: int) -> list[tuple[Room, Member, list[bytes]]]:
    """Rooms of two people, one of whom drags."""
    call_command("migrate", verbosity=0)
    user = User.objects.create_user("a")
    bus = Bus(NoOthers(), "bench")
    nobody: Any = Nobody()
    rooms = []
    for _ in range(count):
        board = Board.objects.create(title="B", owner=user)
        head = Head(0, board.access_version)
        room = Room(board.pk, Document(), head, bus, nobody, nobody)
        members = [make_member(board, user) for _ in range(2)]
        for member in members:
            room.join(member)
        moves = [frames.encode_update(update) for update in drag()]
        rooms.append((room, members[0], moves))
    return rooms


async def measure(rooms: list[tuple[Room, Member, list[bytes]]]) -> Steps:
    """Runs every room through the same iterations, all of them in one commit."""
    store = Store()
    steps = Steps(len(rooms))
    for iteration in range(ITERATIONS):
        arrived = [moves[iteration] for _, _, moves in rooms]
        with steps.step("read the frame and parse the update"):
            updates = [frames.decode_frame(frame)[0][1] for frame in arrived]
            parsed = [parse(update, CLIENT_LIMITS) for update in updates]
        with steps.step("check it against the document and queue it"):
            for (room, member, _), update, what in zip(rooms, updates, parsed, strict=True):
                room.receive_update(member, update, what)
        with steps.step("apply it"):
            batches = [batch for room, _, _ in rooms if (batch := room.take_batch())]
        with steps.step("commit it"):
            outcomes = await store.commit(batches)
        assert all(outcome.is_committed for outcome in outcomes)
        with steps.step("send it on and confirm it"):
            for room, _, _ in rooms:
                room.committed()
    store.close()
    return steps
