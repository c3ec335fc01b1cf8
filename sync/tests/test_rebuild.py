"""What waits when a document has to be built again from the rows: nothing of it may get stuck."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pycrdt import Map

from boards.models import Board
from sync.document.document import Document
from sync.rooms.process import rooms_of_this_process
from sync.rooms.room import Room
from sync.storage import store
from sync.tests.conftest import Open
from sync.tests.gates import Gate, eventually, stored_content
from sync.tests.histories import Author
from sync.tests.yclient import YClient, token_query
from sync.wire import frames
from sync.wire.close_codes import CloseCode
from sync.wire.update import parse


def cloned(client: YClient, board: Board) -> YClient:
    """Another client under the same client id, with the same document."""
    clone = YClient(board, "")
    clone.doc = type(clone.doc)(client_id=client.doc.client_id)
    clone.elements = clone.doc.get("elements", type=type(client.elements))
    clone.doc.apply_update(client.doc.get_update())
    clone._subscription = clone.doc.observe(clone._on_change)
    return clone


def only_room() -> Room:
    return next(iter(rooms_of_this_process().rooms().values()))


async def force_a_rebuild(board: Board, client: YClient) -> None:
    """Another process commits under the client id of an edit that waits."""
    other = cloned(client, board)
    await sync_to_async(store.append_update)(board.pk, other.edit("clone", type="ellipse"))


async def one_commits_and_one_waits(
    board: Board, a: YClient, b: YClient, monkeypatch: pytest.MonkeyPatch
) -> tuple[Gate, Room]:
    """The commit of `a` is held, and will be refused; an edit of `b` waits behind it."""
    await force_a_rebuild(board, a)
    gate = Gate(monkeypatch)
    await a.draw("e1", type="rectangle")
    await gate.until_reached()
    room = only_room()
    await b.draw("e2", type="rectangle")
    await eventually(lambda: bool(room.queue))
    return gate, room


@pytest.mark.django_db(transaction=True)
async def test_edits_of_who_has_left_are_still_committed(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    gate, room = await one_commits_and_one_waits(board, a, b, monkeypatch)
    await b.close()
    await eventually(lambda: len(room.members) == 1)
    gate.opened.set()
    await a.until(lambda: "e2" in a.elements)
    assert "e2" in await stored_content(board)


@pytest.mark.django_db(transaction=True)
async def test_what_was_shortened_by_an_edit_that_is_dropped_is_asked_for(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob sends again what still waits from a socket that was closed for something else."""
    a, b = await connect(board, alice), await connect(board, bob)
    gate, room = await one_commits_and_one_waits(board, a, b, monkeypatch)
    await b.send(b"\xff\xff")
    assert await b.until_closed() == CloseCode.MALFORMED
    again = cloned(b, board)
    again.communicator = YClient(board, await sync_to_async(token_query)(bob)).communicator
    await again.communicator.connect()
    await again.send(frames.encode_update(again.doc.get_update()))
    await eventually(lambda: len(room.queue) == 2)
    await again.send(frames.encode_step1(again.doc.get_state()))
    gate.opened.set()
    while True:
        frame = await again.communicator.receive_from()
        if isinstance(frame, bytes) and frame[:2] == b"\x00\x00":
            break
    assert "e2" not in await stored_content(board)
    assert b.doc.client_id not in room.document.clocks
    await again.send(frames.encode_step2(again.doc.get_update()))
    await a.until(lambda: "e2" in a.elements)


def test_what_a_document_has_already_does_not_count_when_it_is_checked_again() -> None:
    author = Author(7)
    author.elements["e"] = Map({"type": "rectangle"})
    update = author.updates[0]
    document = Document()
    for _ in range(2):
        taken = document.take(update, parse(update), 1)
    assert taken is not None
    other = Document()
    other.take(taken.update, taken.parsed, 1)
    assert other.clocks == {}


def test_a_deletion_that_is_known_does_not_count_when_it_is_checked_again() -> None:
    author = Author(7)
    author.elements["e"] = Map({"type": "rectangle"})
    author.doc.get("elements", type=Map).pop("e")
    drawn, deleted = author.updates
    document = Document.load([drawn])
    taken: Any = None
    for _ in range(2):
        taken = document.take(deleted, parse(deleted), 1)
    other = Document.load([drawn])
    other.take(taken.update, taken.parsed, 1)
    assert other.deletions.count == 0
    assert other.take(deleted, parse(deleted), 1).update == deleted  # type: ignore[union-attr]
