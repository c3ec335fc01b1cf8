"""Programs change boards on which others draw, and documents that are kept between two changes."""

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
from boards.access.subjects import Subject
from boards.models import Board
from boards.sharing.permissions import permission_revoke
from boards.tests.factories import make_board
from sync.document.document import Document
from sync.drawing.scene import elements_change, elements_create, elements_delete
from sync.programs import documents
from sync.programs.committing import NotAllowedError
from sync.programs.documents import document_in_use, document_now, kept_documents
from sync.programs.history import history_replace
from sync.programs.writes import (
    document_apply,
    document_change,
    document_maintain,
    program_client_id,
)
from sync.storage.compaction import compact_board
from sync.storage.store import append_update
from sync.tests.histories import LINE, Author
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import parse
from tests.server import until

pytestmark = pytest.mark.django_db

BOX = {"id": "box", "type": "rectangle", "x": 0, "y": 0, "width": 1, "height": 1}
Roots = dict[str, Any]


@pytest.fixture(autouse=True)
def none_is_kept() -> None:
    kept_documents.forget()


def draw(board: Board, user: User, **element: Any) -> int:
    made = {**BOX, **element}

    def change(roots: Roots) -> None:
        elements_create(roots, [made])

    return document_change(board=board, user=user, change=change)


class Person:
    """Somebody who draws in a page: knows what is committed, and commits one change at a time."""

    def __init__(self, board: Board, user: User) -> None:
        self._board, self._user = board, user
        self._author = Author()

    def draws(self, change: Callable[[Any], None]) -> None:
        """Commits what `change` does to the root `elements`."""
        author = self._author
        author.doc.apply_update(document_now(self._board.pk)[0].diff())
        author.updates.clear()
        with author.doc.transaction():
            change(author.doc.get("elements", type=Map))
        append_update(self._board.pk, author.updates[-1], self._user.pk)


def elements_of(board: Board) -> dict[str, Any]:
    return document_now(board.pk)[0].content()["elements"]


def test_others_may_draw_all_the_time(board: Board, alice: User, bob: User) -> None:
    """They commit during every attempt."""
    person, attempts = Person(board, bob), list[int]()

    def change(roots: Roots) -> None:
        attempts.append(len(attempts))
        person.draws(lambda elements: elements.update({f"line{len(attempts)}": Map(LINE)}))
        elements_create(roots, [BOX])

    assert document_change(board=board, user=alice, change=change) == 2
    assert elements_of(board).keys() == {"box", "line1"}
    assert len(attempts) == 1


def test_a_yjs_update_of_a_program_too(
    board: Board, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(board, alice)
    person, program = Person(board, bob), Author()
    program.elements["line"] = Map(LINE)

    def catches_up_and_then(used: documents.InUse) -> bool:
        is_whole = catch_up(used)
        person.draws(lambda elements: elements.update({"other": Map(LINE)}))
        return is_whole

    catch_up = documents.InUse.catch_up
    monkeypatch.setattr(documents.InUse, "catch_up", catches_up_and_then)
    document_apply(board=board, user=alice, update=program.updates[-1])
    monkeypatch.undo()
    assert elements_of(board).keys() >= {"box", "other", "line"}


def test_what_others_changed_is_the_base_of_the_same_value(
    board: Board, alice: User, bob: User
) -> None:
    """Two count up: nobody's step is lost."""
    draw(board, alice, x=0)
    person, attempts = Person(board, bob), list[int]()

    def step(elements: Any) -> None:
        x, y = elements["box"]["pos"]
        elements["box"]["pos"] = [x + 1, y]

    def change(roots: Roots) -> None:
        attempts.append(len(attempts))
        if len(attempts) < 4:
            person.draws(step)
        step(roots["elements"])

    document_change(board=board, user=alice, change=change)
    assert elements_of(board)["box"]["pos"] == [4, 0]
    assert len(attempts) == 4


def test_what_others_created_just_before_is_not_created_again(
    board: Board, alice: User, bob: User
) -> None:
    person, found = Person(board, bob), list[bool]()

    def change(roots: Roots) -> None:
        found.append("box" in roots["elements"])
        if len(found) == 1:
            person.draws(lambda elements: elements.update({"box": Map({**LINE, "opacity": 7})}))
        if not found[-1]:
            elements_create(roots, [BOX])

    document_change(board=board, user=alice, change=change)
    assert found == [False, True]
    assert elements_of(board)["box"]["opacity"] == 7


def test_the_same_program_may_write_in_another_process(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It writes under the same client id there."""
    monkeypatch.setattr(documents, "TURN_SECONDS", 0.0)  # other processes do not wait for this one
    draw(board, alice)
    attempts = list[int]()

    def change_there(roots: Roots) -> None:
        elements_change(roots, [{"id": "box", "opacity": 50}])

    def change(roots: Roots) -> None:
        attempts.append(len(attempts))
        if len(attempts) == 1:
            document_change(board=board, user=alice, change=change_there)
        elements_change(roots, [{"id": "box", "strokeWidth": 4}])

    document_change(board=board, user=alice, change=change)
    box = elements_of(board)["box"]
    assert (box["opacity"], box["strokeWidth"]) == (50, 4)
    assert len(attempts) == 2


def test_what_others_just_moved_is_not_removed(board: Board, alice: User, bob: User) -> None:
    draw(board, alice, x=0)
    person, seen = Person(board, bob), []

    def change(roots: Roots) -> None:
        seen.append(roots["elements"]["box"]["pos"])
        if len(seen) == 1:
            person.draws(lambda elements: elements["box"].update({"pos": [7, 7]}))
        if seen[-1][0] == 0:
            del roots["elements"]["box"]

    document_maintain(board=board, change=change)
    assert elements_of(board)["box"]["pos"] == [7, 7]
    assert len(seen) == 2


def test_nothing_is_written_into_what_others_just_removed(
    board: Board, alice: User, bob: User
) -> None:
    """It would be told as saved, and be nowhere."""
    draw(board, alice)
    person, attempts = Person(board, bob), list[bool]()

    def change(roots: Roots) -> None:
        attempts.append("box" in roots["elements"])
        if len(attempts) == 1:
            person.draws(lambda elements: elements.pop("box"))
        elements_change(roots, [{"id": "box", "opacity": 50}])

    with pytest.raises(LookupError):
        document_change(board=board, user=alice, change=change)
    assert attempts == [True, False]
    assert elements_of(board) == {}


def test_who_loses_access_meanwhile_changes_nothing(board: Board, alice: User, bob: User) -> None:
    person = Person(board, alice)

    def change(roots: Roots) -> None:
        elements_create(roots, [BOX])
        person.draws(lambda elements: elements.update({"line": Map(LINE)}))
        by = Actor(alice, SYSTEM_ORIGIN, AuditVia.SESSION)
        permission_revoke(board=board, subject=Subject(bob), by=by)

    with pytest.raises(NotAllowedError):
        document_change(board=board, user=bob, change=change)
    assert elements_of(board).keys() == {"line"}


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
