"""The way of one update through the engine: how many modules a reader meets who follows it."""

import gc
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from django.contrib.auth.models import User

from boards.models import Board
from sync.rooms.process import rooms_of_this_process
from sync.tests.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
ENGINE = str(ROOT / "sync")
CONSUMER = "sync/sockets/consumers.py"
MOST = 25


@asynccontextmanager
async def noting_modules() -> AsyncIterator[set[str]]:
    """Collects the modules of the engine that run on the event loop or on the commit thread."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(ENGINE) and path not in found:
            found.add(path)

    writer = rooms_of_this_process()._store._writer
    # A generator of an earlier test that is collected in between would run once more, to be closed.
    gc.collect()
    gc.disable()
    try:
        await writer.run(partial(sys.setprofile, note))
        sys.setprofile(note)
        yield found
    finally:
        sys.setprofile(None)
        await writer.run(partial(sys.setprofile, None))
        gc.enable()
        names = {str(Path(path).relative_to(ROOT)) for path in found}
        found.clear()
        found |= {name for name in names if not name.startswith("sync/tests/")}


@pytest.mark.parametrize("what", ["a drag", "a new element", "a deletion"])
async def test_a_reader_meets_few_modules_and_the_walk_names_them(
    board: Board, alice: User, connect: Open, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.rooms.upkeep.POLL_SECONDS", 60.0)  # it would run in between
    author = await connect(board, alice)
    await author.draw("old", type="rectangle", pos=[1, 2], size=[3, 4])
    await author.until_saved()
    reader = await connect(board, alice)
    await reader.until(lambda: "old" in reader.ids())
    element = "new" if what == "a new element" else "old"
    values: dict[str, dict[str, object]] = {
        "a drag": {"pos": [5, 6]},
        "a new element": {"type": "ellipse", "pos": [1, 2], "size": [3, 4]},
        "a deletion": {"del": {"by": str(alice.pk), "at": 1}},
    }
    async with noting_modules() as met:
        await author.draw(element, **values[what])
        await author.until_saved()
        await reader.until(
            lambda: values[what].items() <= reader.content().get(element, {}).items()
        )
    walk = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"\(\.\./(sync/\S+\.py)\)", walk))
    assert CONSUMER in met
    assert met <= named
    assert len(named - {CONSUMER}) <= MOST
