"""Documents that are kept between changes of programs are those that are stored."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from pycrdt import Map

from audit.actions import AuditVia
from audit.actor import Actor
from audit.origin import SYSTEM_ORIGIN
from boards.models import Board
from boards.tests.factories import make_board
from sync.document.document import Document
from sync.drawing.scene import elements_change, elements_create, elements_delete
from sync.programs import documents
from sync.programs.documents import document_in_use, document_now, kept_documents
from sync.programs.history import history_replace
from sync.programs.writes import document_apply, document_change, program_client_id
from sync.storage.compaction import compact_board
from sync.tests.drawing_people import BOX, Person, Roots, draw, elements_of
from sync.tests.histories import LINE, Author
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import parse
from tests.server import until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def none_is_kept() -> None:
    kept_documents.forget()


def deleted_in(document: Document) -> list[tuple[int, int, int]]:
    return sorted(parse(document.diff(), NO_LIMITS).deletes)


def is_same(one: Document, other: Document) -> bool:
    return (
        one.content() == other.content()
        and one.clocks == other.clocks
        and one.elements.encode() == other.elements.encode()
        and deleted_in(one) == deleted_in(other)
        and all(one.owners.owner_of(c) == other.owners.owner_of(c) for c in other.clocks)
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_kept_document_is_what_is_stored(board: Board, alice: User, bob: User, seed: int) -> None:
    rnd, person = random.Random(seed), Person(board, bob)

    def number() -> str:
        return f"e{rnd.randrange(5)}"

    def some_change(roots: Roots) -> None:
        made: dict[str, Any] = {**BOX, "id": number(), "x": rnd.randrange(99)}
        choice = rnd.randrange(3)
        if choice == 0 or made["id"] not in roots["elements"]:
            elements_create(roots, [made])
        elif choice == 1:
            elements_change(roots, [{"id": made["id"], "x": made["x"]}])
        else:
            elements_delete(roots, [made["id"]], alice.pk)

    def somebody_draws() -> None:
        moved = {"type": "rectangle", "pos": [rnd.randrange(99), 1]}
        person.draws(lambda elements: elements.update({number(): Map(moved)}))

    def a_line_is_sent() -> None:
        author = Author()
        author.elements[number()] = Map(LINE)
        document_apply(board=board, user=alice, update=author.updates[-1])

    def replaced() -> None:
        nonlocal person
        history_replace(board.pk, by=Actor(None, SYSTEM_ORIGIN, AuditVia.SYSTEM))
        person = Person(board, bob)

    acts: list[tuple[Callable[[], Any], int]] = [
        (lambda: document_change(board=board, user=alice, change=some_change), 8),
        (lambda: document_change(board=board, user=bob, change=some_change), 4),
        (somebody_draws, 6),
        (a_line_is_sent, 3),
        (lambda: compact_board(board.pk), 2),
        (replaced, 1),
    ]
    draw(board, alice)
    was_kept = 0
    for act in rnd.choices([act for act, _ in acts], [weight for _, weight in acts], k=40):
        with suppress(LookupError):
            act()
        for user in (alice, bob):
            was_kept += len(kept_documents)
            with document_in_use(board.pk, program_client_id(board.pk, user.pk)) as used:
                assert is_same(used.document, document_now(board.pk)[0])
    assert was_kept > 100


def test_a_change_that_failed_leaves_nothing(board: Board, alice: User) -> None:
    draw(board, alice)
    assert len(kept_documents) == 1

    def change(roots: Roots) -> None:
        elements_create(roots, [{**BOX, "id": "half"}])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        document_change(board=board, user=alice, change=change)
    assert len(kept_documents) == 0
    draw(board, alice, id="whole")
    assert elements_of(board).keys() == {"box", "whole"}


def test_a_reader_gets_a_kept_one_as_it_is_now(board: Board, alice: User, bob: User) -> None:
    draw(board, alice)
    Person(board, bob).draws(lambda elements: elements.update({"line": Map(LINE)}))
    with documents.document_read(board.pk) as (document, head):
        assert len(kept_documents) == 0, "Nobody else has it now."
        assert document.content()["elements"].keys() == {"box", "line"}
        assert head.seq == 2
    assert len(kept_documents) == 1


def test_the_next_change_builds_no_document(
    board: Board, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(board, alice)
    Person(board, bob).draws(lambda elements: elements.update({"line": Map(LINE)}))
    monkeypatch.setattr(documents, "document_now", None)
    draw(board, alice, id="next")
    monkeypatch.undo()
    assert elements_of(board).keys() == {"box", "line", "next"}


def test_small_ones_are_counted(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_KEPT", 2)
    for number in range(4):
        draw(make_board(alice, title=f"{number}"), alice)
    assert len(kept_documents) == 2


def test_few_are_kept_and_for_a_moment(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "KEPT_SECONDS", 0.5)
    boards = [make_board(alice, title=f"{number}") for number in range(5)]
    draw(boards[0], alice)
    with document_in_use(boards[0].pk, program_client_id(boards[0].pk, alice.pk)) as used:
        size = used.document.size_bytes
    monkeypatch.setattr(documents, "KEPT_BYTES", int(3.5 * size))
    for board in boards:
        draw(board, alice)
    assert 1 <= len(kept_documents) <= 3
    until(lambda: len(kept_documents), lambda number: number == 0)


def test_an_announced_client_id_is_forgotten_with_the_change(board: Board, alice: User) -> None:
    draw(board, alice)
    client_id = program_client_id(board.pk, alice.pk)
    with document_in_use(board.pk, client_id) as used:
        used.document.owners.reserve(77, 5)
    with document_in_use(board.pk, client_id) as used:
        assert used.document.owners.may_write(77, alice.pk)
