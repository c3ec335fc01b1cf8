"""A board never reaches a state for which its own clients are refused."""

import asyncio
import hashlib
import random
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from audit.tests.actors import by
from boards.lifecycle.copies import board_duplicate
from boards.models import Board
from sync.document.document import Document
from sync.document.yjs import merge
from sync.management.commands.repair_board import Command
from sync.models import DocumentClient
from sync.programs.documents import document_now
from sync.programs.writes import document_change, program_client_id
from sync.rooms import limits
from sync.storage.store import append_update
from sync.tests import hostile
from sync.tests.conftest import Open
from sync.tests.histories import Author, random_history
from sync.wire import frames
from sync.wire.budgets import Budgets, Deletions, NewClients, TooOftenError, encode_deletions
from sync.wire.close_codes import CloseCode
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import parse

FULL_AT = 2000


def values(client: int, start: int, count: int) -> bytes:
    """Plain values under keys of their own."""
    structs = (hostile._set("files", f"{client}.{start + n}", hostile.NULL) for n in range(count))
    return hostile._update(hostile._section(client, start, *structs))


def every_other(client: int, start: int, end: int) -> bytes:
    return encode_deletions((client, clock, clock + 1) for clock in range(start, end, 2))


@pytest.mark.parametrize("seed", range(20))
def test_deletions_are_counted_as_yjs_counts_them(seed: int) -> None:
    rnd = random.Random(seed)
    deletions, clocks = Deletions(), set[tuple[int, int]]()
    for _ in range(60):
        count = rnd.choice((1, 3, 100))
        ranges = []
        for _ in range(count):
            start = rnd.randrange(600)
            ranges.append((rnd.randrange(3), start, start + rnd.randrange(1, 6)))
        is_known = [all((c, n) in clocks for n in range(s, e)) for c, s, e in ranges]
        unknown = [one for one, known in zip(ranges, is_known, strict=True) if not known]
        assert deletions.unknown(ranges) == unknown
        before, growth = deletions.count, deletions.growth(ranges)
        deletions.add(ranges)
        clocks |= {(c, n) for c, s, e in ranges for n in range(s, e)}
        assert deletions.count == sum((c, n - 1) not in clocks for c, n in clocks)
        assert deletions.count - before <= growth


@pytest.mark.parametrize("seed", range(5))
def test_a_load_counts_what_every_client_repeats(seed: int) -> None:
    document = Document.load(random_history(seed))
    repeated = parse(document.diff(document.state_vector())).deletes
    assert document.deletions.count == len(repeated)
    assert document.deletions.unknown(repeated) == []


def test_a_person_brings_new_client_ids_at_a_rate() -> None:
    now = 0.0
    new_clients = NewClients(100, 60, lambda: now)
    new_clients.count("alice", 100)
    with pytest.raises(TooOftenError, match="100"):
        new_clients.count("alice", 1)
    new_clients.count("bob", 1)
    now = 61.0
    new_clients.count("alice", 1)
    with pytest.raises(TooOftenError):
        new_clients.count("alice", 1)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Budgets:
    budgets = Budgets(clients=180, clients_each=100, deletions=FULL_AT)
    monkeypatch.setattr(limits, "BOARD_BUDGETS", budgets)
    monkeypatch.setattr(
        limits, "CLIENT_LIMITS", replace(limits.CLIENT_LIMITS, delete_ranges=FULL_AT // 4)
    )
    return budgets


@pytest.mark.django_db(transaction=True)
async def test_a_long_delete_set_ends_at_its_budget_and_refuses_nobody_else(
    board: Board, alice: User, bob: User, connect: Open, small: Budgets
) -> None:
    a = await connect(board, alice)
    await a.draw("honest", n=0)
    await a.until_saved()
    b = await connect(board, bob)
    await b.send(frames.encode_update(values(777, 0, 6 * FULL_AT)))
    await b.until(lambda: b.saved.get(777) == 6 * FULL_AT)
    for start in range(0, 6 * FULL_AT, FULL_AT // 4):
        await b.send(frames.encode_update(every_other(777, start, start + FULL_AT // 4)))
    await b.until(lambda: b.close_code is not None)
    assert b.close_code == CloseCode.TOO_BIG
    assert f"{FULL_AT:,}" in b.close_reason
    # A stock client repeats all of it, in one message.
    late = await connect(board, alice)
    repeated = late.doc.get_update(late.doc.get_state())
    assert len(parse(repeated, NO_LIMITS).deletes) > FULL_AT // 2
    await late.send(frames.encode_step2(repeated))
    await late.draw("more", n=1)
    await late.until_saved()
    await a.draw("still there", n=2)
    await a.until_saved()
    assert (a.close_code, late.close_code) == (None, None)


@pytest.mark.django_db(transaction=True)
async def test_client_ids_end_at_their_budget_and_everybody_still_reads_and_writes(
    board: Board, alice: User, bob: User, connect: Open, small: Budgets
) -> None:
    a = await connect(board, alice)
    await a.draw("honest", n=0)
    await a.until_saved()
    b = await connect(board, bob)
    for first in (1000, 2000, 3000):
        structs = [hostile._section(first + n, 0, b"\x00\x01") for n in range(40)]
        await b.send(frames.encode_update(hostile._update(*structs)))
    await b.until(lambda: b.close_code is not None)
    assert b.close_code == CloseCode.TOO_BIG
    assert f"{small.clients_each}" in b.close_reason
    late = await connect(board, alice)
    await late.draw("more", n=1)
    await late.until_saved()
    assert len(late.saved) > 80


@pytest.mark.django_db(transaction=True)
async def test_what_a_board_holds_may_always_be_named(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by clients of a board that was filled when more was allowed."""
    document = Document.load([hostile.many_clients(60)])
    monkeypatch.setattr(frames, "MAX_STATE_VECTOR_CLIENTS", 10)
    a = await connect(board, alice)
    for first in range(0, 60, 30):
        structs = [hostile._section(100 + first + n, 0, b"\x00\x01") for n in range(30)]
        await a.send(frames.encode_update(hostile._update(*structs)))
    await a.until(lambda: len(a.saved) >= 60)
    await a.send(frames.encode_step1(document.state_vector()))
    await a.draw("e", n=1)
    await a.until_saved()
    assert a.close_code is None


@pytest.mark.django_db(transaction=True)
async def test_a_board_that_holds_too_much_already_serves_its_clients(
    board: Board, alice: User, connect: Open, small: Budgets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was filled when nothing limited it; what a stock client repeats is all known."""
    many = 6 * FULL_AT
    full = [values(777, 0, many), every_other(777, 0, many), hostile.many_clients(400)]
    await sync_to_async(append_update)(board.pk, merge(full), None)
    a = await connect(board, alice)
    repeated = a.doc.get_update()
    assert len(parse(repeated, NO_LIMITS).deletes) > FULL_AT
    await a.send(frames.encode_step2(repeated))
    await a.send(frames.encode_step1(a.doc.get_state()))
    await a.until(lambda: len(a.saved) > 400)
    out = StringIO()
    with monkeypatch.context() as patch:
        patch.setattr("sync.management.commands.repair_board.BOARD_BUDGETS", small)
        await sync_to_async(Command(stdout=out)._say_what_is_full)(board.pk)
    assert f"{many // 2:,} deletions" in out.getvalue()
    assert "client ids" in out.getvalue()
    copy = await sync_to_async(board_duplicate)(board=board, owner=alice, by=by(alice))
    b = await connect(copy, alice)
    await b.draw("e", n=1)
    await b.until_saved()
    assert (a.close_code, b.close_code) == (None, None)


@pytest.mark.django_db(transaction=True)
async def test_new_client_ids_at_a_rate_close_with_a_code_that_lets_them_come_back(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "NEW_CLIENTS", NewClients(50, 60))
    a = await connect(board, alice)
    for first in (1000, 2000):
        structs = [hostile._section(first + n, 0, b"\x00\x01") for n in range(40)]
        await a.send(frames.encode_update(hostile._update(*structs)))
    await a.until(lambda: a.close_code is not None)
    assert a.close_code == CloseCode.TOO_MANY


@pytest.mark.django_db(transaction=True)
async def test_a_client_that_never_fills_its_gap_is_told_so(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.rooms.room.GAP_SECONDS", 0.2)
    monkeypatch.setattr("django.conf.settings.CANVAS_MAX_GAPS", 3)
    a = await connect(board, alice)
    a.edit("lost", pos=[0, 0])
    for number in range(40):
        if a.close_code is None:
            await a.send(frames.encode_update(a.edit("e", n=number)))
            await asyncio.sleep(0.05)
    await a.until(lambda: a.close_code is not None)
    assert a.close_code == CloseCode.GAP
    assert "never sends" in a.close_reason


@pytest.mark.django_db
def test_programs_write_under_small_ids_of_their_own(board: Board, alice: User, bob: User) -> None:
    first = program_client_id(board.pk, alice.pk)
    assert first < 2**32
    assert first == program_client_id(board.pk, alice.pk) != program_client_id(board.pk, bob.pk)
    DocumentClient.objects.create(board=board, client_id=first, user_id=bob.pk, seq=1)
    second = program_client_id(board.pk, alice.pk)
    assert second != first
    assert second < 2**32
    DocumentClient.objects.create(board=board, client_id=second, user_id=alice.pk, seq=2)
    assert program_client_id(board.pk, alice.pk) == second
    assert document_now(board.pk)[0].clocks == {}


@pytest.mark.django_db
def test_nobody_tells_the_id_of_a_program_beforehand(
    board: Board, alice: User, settings: Any
) -> None:
    first = program_client_id(board.pk, alice.pk)
    told = hashlib.sha256(f"{board.pk} {alice.pk}".encode()).digest()[:4]
    assert first != int.from_bytes(told)
    white = {"viewBackgroundColor": "#ffffff"}
    document_change(board=board, user=alice, change=lambda roots: roots["meta"].update(white))
    settings.SECRET_KEY = "of the machine that a backup was restored to"
    second = program_client_id(board.pk, alice.pk)
    assert second != first
    document_change(
        board=board, user=alice, change=lambda roots: roots["meta"].update({"schema": 1})
    )
    assert set(document_now(board.pk)[0].clocks) == {first, second}
    assert program_client_id(board.pk, alice.pk) == second


def test_a_stock_document_repeats_one_range_for_what_touches() -> None:
    """The assumption behind the counting."""
    doc = Author().doc
    doc.apply_update(values(5, 0, 10))
    doc.apply_update(encode_deletions([(5, 2, 3), (5, 3, 4), (5, 6, 7)]))
    assert parse(doc.get_update(doc.get_state())).deletes == [(5, 2, 4), (5, 6, 7)]


def test_deletions_that_nobody_names_may_be_repeated_before_they_are_counted() -> None:
    """Two elements written alternately: deleting one names one range and leaves hundreds."""
    structs = [hostile._type("elements", f"x{n}", 1) for n in range(2)]
    for n in range(2000):
        parent = b"\x07" + bytes([n % 2])
        structs.append(b"\x28\x00" + parent + hostile._text(f"k{n}") + b"\x01" + hostile.NULL)
    document = Document()
    for update in (
        hostile._update(hostile._section(7, 0, *structs)),
        encode_deletions([(7, 0, 1)]),
    ):
        taken = document.take(update, parse(update, NO_LIMITS), 1)
        assert taken is not None
        document.apply(taken.update)
        document.size_bytes += len(taken.update)
    repeated = len(parse(document.diff(document.state_vector())).deletes)
    assert repeated > 900 > document.deletions.count
    assert 2 * document.most_deletions >= repeated
