"""What an update may refer to, and who owns which client id."""

import time

import pytest
from pycrdt import Map

from sync.document.document import Document
from sync.document.ownership import Elements, Owners
from sync.tests import hostile
from sync.tests.histories import Author
from sync.wire.frames import MalformedError
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import parse

ELEMENT = {"type": "rectangle", "pos": [0, 0]}


def elements_of(*updates: bytes) -> Elements:
    elements = Elements()
    for update in updates:
        elements.add(elements.check(parse(update)))
    return elements


def test_a_value_under_something_that_is_no_element_is_refused() -> None:
    author = Author(7)
    author.elements["e"] = Map(ELEMENT)
    elements = elements_of(*author.updates)
    with pytest.raises(MalformedError, match="parent"):
        elements.check(parse(hostile.value_in(7, 1, "x", client=9)))
    assert elements.check(parse(hostile.value_in(7, 0, "x", client=9))) == set()


def test_a_map_that_takes_the_place_of_a_value_can_hold_nothing() -> None:
    """So documents are never deeper than an element's values, however many updates are sent."""
    author = Author(7)
    author.elements["e"] = Map(ELEMENT)
    author.elements["e"]["pos"] = Map({"x": 1})
    first, second = author.updates
    with pytest.raises(MalformedError, match="parent"):
        elements_of(first).check(parse(second))


def test_an_element_that_is_deleted_and_made_again_is_one() -> None:
    author = Author(7)
    for _ in range(3):
        author.elements["e"] = Map(ELEMENT)
        author.elements["e"]["pos"] = [1, 1]
        del author.elements["e"]
    elements_of(*author.updates)


def test_work_of_somebody_offline_on_a_deleted_element_is_taken() -> None:
    alice, bob = Author(1), Author(2)
    alice.elements["e"] = Map(ELEMENT)
    bob.doc.apply_update(alice.doc.get_update())
    bob.updates.clear()
    del alice.elements["e"]
    bob.elements["e"]["pos"] = [5, 5]
    stored = Document.load([*alice.updates, *bob.updates]).diff()
    Document.load([stored, *bob.updates])


def test_a_snapshot_is_read_whatever_the_order_of_its_sections() -> None:
    for first, second in ((1, 2), (2, 1)):
        maker, editor = Author(first), Author(second)
        maker.elements["e"] = Map(ELEMENT)
        editor.doc.apply_update(maker.doc.get_update())
        editor.elements["e"]["pos"] = [1, 1]
        del editor.elements["e"]
        editor.elements["e"] = Map(ELEMENT)
        maker.doc.apply_update(editor.doc.get_update())
        maker.elements["e"]["pos"] = [2, 2]
        assert len(elements_of(maker.doc.get_update())) == 2


def test_a_board_of_five_thousand_elements_is_looked_through_quickly() -> None:
    author = Author()
    with author.doc.transaction():
        for index in range(5000):
            author.elements[f"e{index}"] = Map({f"k{n}": n for n in range(20)})
    update = author.doc.get_update()
    started = time.thread_time()
    elements = Elements()
    elements.add(elements.check(parse(update, NO_LIMITS)))
    assert len(elements) == 5000
    started = time.thread_time()
    assert Elements.decode(elements.encode())._ids == elements._ids
    assert time.thread_time() - started < 3  # takes a tenth of it; quadratic work would not


def test_a_client_id_belongs_to_who_used_it_first() -> None:
    author = Author(7)
    author.elements["e"] = Map(ELEMENT)
    first = parse(author.updates[-1])
    author.elements["e"]["pos"] = [1, 1]
    second = parse(author.updates[-1])
    owners = Owners()
    assert owners.check(first, {}, 1) == [(7, 1)]
    owners.add([(7, 1)])
    owners.add([(7, 2)])
    assert owners.check(second, {7: 3}, 1) == []
    for other in (2, None):
        with pytest.raises(MalformedError, match="client id"):
            owners.check(second, {7: 3}, other)
        assert owners.check(first, {7: 3}, other) == [], "repeating what is known claims nothing"


def test_what_an_overlapping_update_says_of_known_ids_is_not_believed() -> None:
    """A clone of a client says that a value is an element, and then writes into it."""
    author = Author(7)
    author.elements["e"] = Map({"a": 1})
    document = Document.load(author.updates, owners={7: 1})
    lie = hostile.element_and_value_in_it(7)
    with pytest.raises(MalformedError, match="parent"):
        document.take(lie, parse(lie), 1)


def test_ids_of_guests_are_not_those_of_users() -> None:
    owners = Owners({7: None})
    author = Author(7)
    author.elements["e"] = Map(ELEMENT)
    assert owners.check(parse(author.updates[0]), {}, None) == []
    with pytest.raises(MalformedError):
        owners.check(parse(author.updates[0]), {}, 1)


def test_many_new_client_ids_at_once_are_refused() -> None:
    parsed = parse(hostile.many_clients(65))
    with pytest.raises(MalformedError, match="too many"):
        Owners().check(parsed, {}, 1)
