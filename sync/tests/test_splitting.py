"""Writes that are expensive to place are handled in parts, and nobody honest is refused for
them.
"""

import os
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from pycrdt import Map

from boards.models import Board
from sync.document.document import Document
from sync.document.splitting import PART_BYTES, PART_STRUCTS, SCANS_AT_ONCE, parts, read_parts
from sync.document.yjs import merge
from sync.programs.writes import document_apply
from sync.rooms.edit import Edit
from sync.rooms.process import rooms_of_this_process
from sync.rooms.room import Room
from sync.tests import hostile
from sync.tests.conftest import Open
from sync.tests.gates import Gate, eventually
from sync.tests.histories import Author
from sync.wire import frames
from sync.wire.frames import MalformedError, write_varuint
from sync.wire.lib0 import DEFAULT_LIMITS, Limits
from sync.wire.parsed import Parsed
from sync.wire.update import parse

LINKS = 600
MEASURED_LINKS = int(os.environ.get("CANVAS_TEST_LINKS", "1000"))


def chain(links: int = LINKS) -> bytes:
    """A key that two clients wrote alternately."""
    first, second = Author(1), Author(2)
    first.elements["e"] = Map({"type": "rectangle"})
    second.doc.apply_update(first.doc.get_update())
    for turn in range(links // 2):
        for writer, reader in ((first, second), (second, first)):
            writer.elements["e"]["angle"] = turn / 100
            reader.doc.apply_update(writer.updates[-1])
    return first.doc.get_update()


def stale_writes(links: int = LINKS, client: int = 9) -> bytes:
    """As many writes that each follow on another write of the chain."""
    # The element and its type come first with client 1.
    origins = [(2, turn) for turn in range(links // 2)]
    origins += [(1, 2 + turn) for turn in range(links // 2)]
    structs = [hostile._after(*origin) for origin in origins]
    header = b"\x01" + b"".join(map(write_varuint, (len(structs), client, 0)))
    return header + b"".join(structs) + b"\x00"


Parts = list[tuple[bytes, Parsed]]


def applied_in_parts(before: list[bytes], update: bytes) -> tuple[Document, Parts]:
    document = Document.load(before)
    cut = parts(update, parse(update))
    for part, parsed in cut:
        taken = document.take(part, parsed, 1)
        assert taken is not None, "a part does not follow on those before it"
        document.apply(taken.update)
    return document, cut


def test_the_parts_are_small_and_do_what_the_whole_does() -> None:
    before, update = [chain()], stale_writes()
    document, cut = applied_in_parts(before, update)
    assert len(cut) > 2
    assert all(parsed.scans <= SCANS_AT_ONCE for _, parsed in cut)
    whole = Document.load([*before, update])
    assert document.content() == whole.content()
    assert document.state_vector() == whole.state_vector()


def test_clients_that_build_on_each_other_are_cut_where_each_part_fits() -> None:
    document, cut = applied_in_parts([], chain())
    assert max(parsed.scans for _, parsed in cut) <= SCANS_AT_ONCE
    assert document.content() == Document.load([chain()]).content()


def test_what_waits_for_itself_is_refused() -> None:
    update = stale_writes()
    circle = b"\x03" + update[1:-1]
    circle += b"\x01" + write_varuint(7) + b"\x00" + hostile._after(8, 0)
    circle += b"\x01" + write_varuint(8) + b"\x00" + hostile._after(7, 0) + b"\x00"
    with pytest.raises(MalformedError, match="each other"):
        parts(circle, parse(circle))


def test_many_moves_of_somebody_who_was_offline_are_taken() -> None:
    """All the elements that they moved twice were moved twice by others, too."""
    count = 1000
    others = Author(1)
    with others.doc.transaction():
        for index in range(count):
            others.elements[f"e{index}"] = Map({"type": "rectangle", "pos": [index, 0]})
    before = others.doc.get_update()
    offline = Author(2)
    offline.doc.apply_update(before)
    for x in (1, 2):
        with others.doc.transaction():
            for index in range(count):
                others.elements[f"e{index}"]["pos"] = [index, x]
    offline.updates.clear()
    for x in (3, 4):
        with offline.doc.transaction():
            for index in range(count):
                offline.elements[f"e{index}"]["pos"] = [index, x]
    update = merge(offline.updates)
    document, cut = applied_in_parts([others.doc.get_update()], update)
    assert len(cut) > 10
    assert document.content() == Document.load([others.doc.get_update(), update]).content()


@pytest.mark.django_db(transaction=True)
async def test_a_room_takes_them_in_turn_with_other_boards(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.rooms.batch.APPLY_SECONDS", 0)
    batches = counted_batches(monkeypatch)
    a = await connect(board, alice)
    for update in (chain(), stale_writes()):
        await a.send(frames.encode_update(update))
    await a.until(lambda: a.saved.get(9) == LINKS)
    assert max(len(batch) for batch in batches) == 1
    assert max(edit.parsed.scans for batch in batches for edit in batch) <= SCANS_AT_ONCE


@pytest.mark.django_db(transaction=True)
async def test_what_costs_little_is_committed_together(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.rooms.batch.APPLY_SECONDS", 60)
    batches = counted_batches(monkeypatch)
    a = await connect(board, alice)
    gate = Gate(monkeypatch)
    await a.draw("e", n=-1)
    await gate.until_reached()
    edits = [frames.encode_update(a.edit("e", n=n)) for n in range(4 * SCANS_AT_ONCE)]
    for frame in edits:
        await a.send(frame)
    room = rooms_of_this_process()._entries[board.pk].room
    await eventually(lambda: len(room.queue) > SCANS_AT_ONCE)
    gate.opened.set()
    await a.until_saved()
    assert max(len(batch) for batch in batches) > SCANS_AT_ONCE


def counted_batches(monkeypatch: pytest.MonkeyPatch) -> list[list[Edit]]:
    """The edits of every batch that is taken from now on."""
    batches: list[list[Edit]] = []
    take_batch = Room.take_batch

    def counted(room: Room) -> Any:
        batch = take_batch(room)
        batches.append(list(room.batch))
        return batch

    monkeypatch.setattr(Room, "take_batch", counted)
    return batches


def test_one_part_costs_no_more_than_the_others_can_wait() -> None:
    """What this is for: 4,000 of them in one update cost two seconds at once.

    `CANVAS_TEST_LINKS=4000 pytest -s` prints it.
    """
    document = Document.load([chain(MEASURED_LINKS)])
    took: list[float] = []
    update = stale_writes(MEASURED_LINKS)
    for part, parsed in parts(update, parse(update)):
        taken = document.take(part, parsed, 1)
        assert taken is not None
        started = time.thread_time()
        document.apply(taken.update)
        took.append(time.thread_time() - started)
    assert len(took) > MEASURED_LINKS // SCANS_AT_ONCE
    assert sorted(took)[len(took) // 2] < sum(took) / 5
    print(f"{sum(took):.2f} s in all, {max(took) * 1000:.0f} ms at once")


@pytest.mark.django_db
def test_programs_may_send_many_writes_that_cost_little(board: Board, alice: User) -> None:
    document_apply(board=board, user=alice, update=chain())
    document_apply(board=board, user=alice, update=stale_writes())


@pytest.mark.django_db
def test_programs_are_told_to_send_what_is_costly_in_parts(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.programs.writes.APPLY_SECONDS", 0)
    with pytest.raises(MalformedError, match="in parts"):
        document_apply(board=board, user=alice, update=chain())


def drawing(clients: int, elements: int) -> bytes:
    """Several people alternately change each other's elements and delete some."""
    authors = [Author(client) for client in range(1, clients + 1)]
    for index in range(elements):
        author = authors[index % clients]
        with author.doc.transaction():
            author.elements[f"e{index}"] = Map({"type": "rectangle", "pos": [index, 0]})
            if index > 3:
                author.elements[f"e{index - 3}"]["text"] = "x" * 40
            if index % 9 == 8:
                del author.elements[f"e{index - 5}"]
        for other in authors:
            if other is not author:
                other.doc.apply_update(author.updates[-1])
    return authors[0].doc.get_update()


@pytest.mark.parametrize("clients", [1, 2, 5])
def test_a_large_update_is_read_in_small_parts_that_fit_on_each_other(clients: int) -> None:
    update = drawing(clients, 1500)
    assert len(update) > 2 * PART_BYTES
    document, count = Document(), 0
    for part, parsed in read_parts(update, DEFAULT_LIMITS, lambda: None):
        assert len(part) <= PART_BYTES + 1000
        assert len(parsed.places) <= PART_STRUCTS
        taken = document.take(part, parsed, 1)
        assert taken is not None, "a part does not follow on those before it"
        document.apply(taken.update)
        count += 1
    assert 2 < count < len(update) / PART_BYTES * 8
    whole = Document.load([update])
    assert document.content() == whole.content()
    assert document.clocks == whole.clocks


def test_a_broken_large_update_is_refused_before_its_first_part() -> None:
    update = drawing(1, 2000)
    for broken in (update[:-1], update + b"\x00", update[: len(update) // 2]):
        with pytest.raises(MalformedError):
            next(read_parts(broken, DEFAULT_LIMITS, lambda: None))
    few = Limits(structs=1000)
    with pytest.raises(MalformedError):
        next(read_parts(update, few, lambda: None))
