"""Programs change boards on which others draw."""

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
from sync.drawing.scene import elements_change, elements_create
from sync.programs import documents
from sync.programs.committing import NotAllowedError
from sync.programs.documents import kept_documents
from sync.programs.writes import document_apply, document_change, document_maintain
from sync.tests.drawing_people import BOX, Person, Roots, draw, elements_of
from sync.tests.histories import LINE, Author

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def none_is_kept() -> None:
    kept_documents.forget()


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
