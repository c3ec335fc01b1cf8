"""Long work on large boards leaves the event loop time, and has the same result as in one go."""

import asyncio
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from pycrdt import Map

from boards.models import Board
from sync.document import splitting
from sync.document.document import Document
from sync.rooms.process import rooms_of_this_process
from sync.scheduler import LoopScheduler, Steps
from sync.tests.conftest import Open
from sync.tests.histories import Author

pytestmark = pytest.mark.alone

STEP = 0.02


def recording(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is applied to documents from now on."""
    applied: list[bytes] = []
    apply = Document.apply

    def record(document: Document, update: bytes) -> None:
        applied.append(update)
        apply(document, update)

    monkeypatch.setattr(Document, "apply", record)
    return applied


def drawing(elements: int = 300) -> bytes:
    author = Author()
    with author.doc.transaction():
        for index in range(elements):
            author.elements[f"e{index}"] = Map({"type": "rectangle", "pos": [index, index]})
    return author.doc.get_update()


def work_for(seconds: float) -> None:
    """Uses a processor for so long, as pycrdt does."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


async def test_between_two_long_steps_of_the_loop_others_have_as_much_time() -> None:
    scheduler, ends = LoopScheduler(), []

    def step() -> None:
        work_for(STEP)
        ends.append(time.monotonic())

    for _ in range(3):
        scheduler.run(step)
    assert len(ends) == 1
    while len(ends) < 3:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    gaps = [after - before for before, after in itertools.pairwise(ends)]
    assert min(gaps) > 1.9 * STEP


async def test_after_a_burst_steps_have_their_share_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reckoned, as what a busy machine takes from both would hide it."""
    share, burst, slices = 0.25, 0.1, 200
    now = 1000.0
    monkeypatch.setattr("sync.scheduler.time", SimpleNamespace(monotonic=lambda: now))
    scheduler = LoopScheduler(share, burst)

    def pauses(slices: int) -> list[float]:
        nonlocal now
        taken = list[float]()
        for _ in range(slices):
            now += STEP
            taken.append(scheduler._pause_after(STEP))
            now += taken[-1]
        return taken

    first = pauses(slices)
    at_full_speed = int(burst / STEP / (1 - share))
    assert set(first[:at_full_speed]) == {0.0}
    assert min(first[at_full_speed + 1 :]) > 0
    assert share < slices * STEP / (now - 1000.0) < 1.1 * share
    now += 10.0  # without work the burst is there again, and not more
    again = pauses(at_full_speed + 2)
    assert again[at_full_speed - 1] == 0.0
    assert again[-1] > 0.0


async def test_a_step_that_fails_does_not_stop_those_after_it() -> None:
    scheduler, done = LoopScheduler(), asyncio.Event()

    def fail() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        scheduler.run(fail)
    scheduler.run(done.set)
    async with asyncio.timeout(5):
        await done.wait()


def test_long_work_on_several_threads_takes_half_the_time_at_most() -> None:
    busy = 0.0
    lock = threading.Lock()

    def work() -> None:
        nonlocal busy
        steps = Steps()
        for _ in range(5):
            work_for(STEP)
            with lock:
                busy += STEP
            steps.end_step()

    started = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(work) for _ in range(2)]:
            done.result()
    # The two begin at once; from then on they take turns.
    assert time.monotonic() - started > 2 * (busy - 2 * STEP)


def test_waiting_is_no_work() -> None:
    """A slow disk or a busy machine makes nobody else slower: delays would feed on themselves."""

    def wait() -> None:
        steps = Steps()
        for _ in range(5):
            time.sleep(0.1)  # a lock, a disk, another process
            steps.end_step()

    started = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(wait) for _ in range(8)]:
            done.result()
    # Rests would make each of the others wait for all of these waits: four seconds and more.
    assert time.monotonic() - started < 3


def test_a_large_row_is_loaded_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    update = drawing()
    whole = Document.load([update])
    monkeypatch.setattr(splitting, "PIECE_BYTES", 500)
    applied = recording(monkeypatch)
    in_pieces = Document.load([update])
    assert max(map(len, applied)) < 1000
    assert in_pieces.content() == whole.content()
    assert in_pieces.elements.encode() == whole.elements.encode()
    assert (in_pieces.clocks, in_pieces.size_bytes) == (whole.clocks, whole.size_bytes)


def test_a_document_is_taken_apart_to_nothing() -> None:
    document = Document.load([drawing(), drawing(10)])
    steps = sum(1 for _ in document.clear_in_steps())
    assert steps > 1
    assert document.content()["elements"] == {}


@pytest.mark.django_db(transaction=True)
async def test_newcomers_to_a_large_board_get_all_of_it_while_others_draw(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.document.document.LARGE_BYTES", 1)
    a = await connect(board, alice)
    for number in range(5):
        await a.draw(f"e{number}", type="rectangle")
        late = [await connect(board, bob) for _ in range(3)]
        await a.until_saved()
        for one in late:
            await one.until(lambda one=one: one.ids() == a.ids())


@pytest.mark.django_db(transaction=True)
async def test_a_large_board_leaves_memory_step_by_step(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.document.document.LARGE_BYTES", 1)
    monkeypatch.setattr("sync.document.document._CLOCKS_A_STEP", 1)
    a = await connect(board, alice)
    await a.draw("e", type="rectangle")
    await a.until_saved()
    rooms = rooms_of_this_process()
    entry = rooms._entries[board.pk]
    room, document = entry.room, entry.room.document
    applied = recording(monkeypatch)
    await a.close()
    async with asyncio.timeout(5):
        while room.members:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    rooms._unload(entry)
    assert room.document is not document
    async with asyncio.timeout(5):
        while document.content()["elements"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert len(applied) > 1
