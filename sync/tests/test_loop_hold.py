"""No frame of a client holds the event loop for long, whatever is in it.

`pytest -s sync/tests/test_loop_hold.py` prints the processor time of each shape of frame.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pycrdt import Map

from boards.tests.factories import make_board
from canvas_project.server import collect_less_often
from sync.document.document import Document
from sync.document.incomplete_elements import MAX_NOTED, IncompleteElements
from sync.sockets.inbox import LARGE_FRAME_BYTES, Inbox
from sync.tests import hostile
from sync.tests.conftest import Open
from sync.tests.histories import Author
from sync.wire import frames
from sync.wire.frames import write_varuint
from tests.patience import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

MAX_SECONDS = 0.005


def _vector(clients: int) -> bytes:
    return write_varuint(clients) + b"".join(write_varuint(n + 9) + b"\x01" for n in range(clients))


def _deletions(ranges: int) -> bytes:
    pairs = b"".join(write_varuint(2 * n) + b"\x01" for n in range(ranges))
    return b"\x00\x01" + write_varuint(hostile.CLIENT) + write_varuint(ranges) + pairs


def _presence(entries: int) -> bytes:
    entry = b"\x01\x02{}"
    return write_varuint(entries) + b"".join(write_varuint(n + 9) + entry for n in range(entries))


def _list(values: int, value: bytes) -> bytes:
    """A value that is a list of so many small values."""
    any_value = b"\x75" + write_varuint(values) + value * values
    return hostile._one("meta", "list", any_value)


def _elements(count: int) -> bytes:
    structs = [hostile._type("elements", f"e{n}", 1) for n in range(count)]
    return hostile._update(hostile._section(77, 0, *structs))


SHAPES: dict[str, Callable[[int], bytes]] = {
    "state vector": lambda n: frames.encode_step1(_vector(n)),
    "deletions": lambda n: frames.encode_update(_deletions(n)),
    "presence": lambda n: frames.encode_awareness(_presence(n)),
    "values": lambda n: frames.encode_update(hostile.junk_of(9, 0, n)),
    "clients": lambda n: frames.encode_update(hostile.many_clients(n)),
    "elements": lambda n: frames.encode_update(_elements(n)),
    "lists": lambda n: frames.encode_update(_list(n, b"\x75\x00")),
    "lists of one": lambda n: frames.encode_update(_list(n, b"\x75\x01\x7e")),
    "objects": lambda n: frames.encode_update(_list(n, b"\x76\x00")),
    "objects of one": lambda n: frames.encode_update(_list(n, b"\x76\x01\x01a\x7e")),
    "short texts": lambda n: frames.encode_update(_list(n, b"\x77\x00")),
    "numbers": lambda n: frames.encode_update(_list(n, b"\x7d\x01")),
    "depth": lambda n: frames.encode_update(
        hostile._one("meta", "deep", hostile._nested_arrays(n))
    ),
    "a long number": lambda n: b"\x00\x00" + write_varuint(n) + b"\xff" * n,
    "questions": lambda n: b"\x03" * n,
    "step 1s": lambda n: b"\x00\x00\x01\x00" * n,
    "empty updates": lambda n: b"\x00\x02\x02\x00\x00" * n,
}


def largest(shape: Callable[[int], bytes]) -> bytes:
    """The largest frame of a shape that is read on the loop."""
    low, high = 1, LARGE_FRAME_BYTES
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(shape(middle)) <= LARGE_FRAME_BYTES else (low, middle - 1)
    return shape(low)


@pytest.fixture(autouse=True)
def garbage_as_served() -> Iterator[None]:
    """Garbage is collected as seldom as in a server."""
    thresholds = gc.get_threshold()
    collect_less_often()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Processor time of every frame from now on."""
    seconds: list[float] = []
    take = Inbox.take

    def timed(inbox: Inbox, data: bytes) -> Any:
        started = time.thread_time()
        take(inbox, data)
        seconds.append(time.thread_time() - started)

    monkeypatch.setattr(Inbox, "take", timed)
    return seconds


@pytest.mark.parametrize("name", SHAPES)
async def test_no_frame_holds_the_loop(
    name: str, alice: User, connect: Open, held: list[float]
) -> None:
    frame = largest(SHAPES[name])
    times = []
    for _ in range(5):
        board = await sync_to_async(make_board)(alice)
        client = await connect(board, alice)
        before = len(held)
        await client.send(frame)
        async with asyncio.timeout(10 * PATIENCE):
            while len(held) == before:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        times.append(held[before])
        await client.close()
    times.sort()
    print(f"{name:>14}: {len(frame):6} bytes, {times[2] * 1000:6.2f} ms")
    assert times[2] < MAX_SECONDS * PATIENCE


async def test_looking_for_hidden_elements_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others come in between while a hundred long paths are read."""
    monkeypatch.setattr("sync.document.incomplete_elements.PATIENCE_SECONDS", 0.0)
    author = Author(7)
    path = {"points": [[n, n] for n in range(3_000)]}
    with author.doc.transaction():
        for n in range(MAX_NOTED):
            author.elements[f"e{n}"] = Map({"type": "line", "pos": "here", "path": path})
    board = SimpleNamespace(board_id=uuid4(), is_committing=False)
    board.document = Document.load(author.updates)
    told: list[dict[str, Any]] = []
    elements = IncompleteElements(board, lambda _, event: told.append(event))
    elements.note(f"e{n}" for n in range(MAX_NOTED))
    rounds = 0
    while not told:
        rounds += 1
        await asyncio.sleep(0)
    assert len(told[0]["elements"]) == MAX_NOTED
    assert rounds > 10
