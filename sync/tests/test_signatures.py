"""Nobody can put another person's name on anything in the document."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from pycrdt import Map

from boards.identity.names import display_name
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import make_board
from sync.document.document import Document
from sync.tests.conftest import Open
from sync.tests.histories import Author
from sync.wire import frames
from sync.wire.close_codes import CloseCode
from sync.wire.frames import MalformedError
from sync.wire.signatures import FORGED, Signer
from sync.wire.update import parse

ALICE, BOB, GUEST = 1, 2, -5
NAMES = {ALICE: "Alice", BOB: "Bob", GUEST: "Guest"}
ID_OF_ALICE, ID_OF_BOB, ID_OF_GUEST, ID_OF_NOBODY = 11, 22, 33, 44


def signer(owner: int) -> Signer:
    guests = frozenset({"Guest", "Gast"})
    return Signer(owner, guests if owner < 0 else frozenset({NAMES[owner]}), guests)


def board_document() -> Document:
    """Alice made an element, everybody moved it, and an id from before there were owners."""
    updates: list[bytes] = []
    for client in (ID_OF_ALICE, ID_OF_BOB, ID_OF_GUEST, ID_OF_NOBODY):
        author = Author(client)
        for update in updates:
            author.doc.apply_update(update)
        author.updates.clear()
        if not updates:
            author.elements["e"] = Map({"type": "rectangle", "pos": [0, 0]})
        author.elements["e"]["pos"] = [client, 0]
        updates += author.updates
    owners: dict[int, int | None] = {ID_OF_ALICE: ALICE, ID_OF_BOB: BOB, ID_OF_GUEST: GUEST}
    return Document.load(updates, owners=owners)


def side(client: int, user: object, name: object = "?") -> dict[str, Any]:
    return {"id": f"{client}:1", "user": user, "name": name, "value": [1, 2, {"deep": [{}]}]}


def record(*sides: object) -> dict[str, Any]:
    return {"v": 1, "element": "e", "group": "pos", "at": 5.0, "sides": list(sides), "shown": ""}


def takes(owner: int, write: Callable[[Author], None], client: int) -> None:
    """Lets somebody write on the board's document. Raises MalformedError."""
    document = board_document()
    author = Author(client)
    author.doc.apply_update(document.diff())
    author.updates.clear()
    write(author)
    for update in author.updates:
        taken = document.take(update, parse(update), owner, signer=signer(owner))
        assert taken is not None
        document.apply(taken.update)


def in_root(root: str, key: str, value: object) -> Callable[[Author], None]:
    def write(author: Author) -> None:
        author.doc.get(root, type=Map)[key] = value

    return write


def in_element(key: str, *values: object) -> Callable[[Author], None]:
    def write(author: Author) -> None:
        for value in values:
            author.elements["e"][key] = value

    return write


def twice(root: str, key: str, first: object, second: object) -> Callable[[Author], None]:
    def write(author: Author) -> None:
        for value in (first, second):
            author.doc.get(root, type=Map)[key] = value

    return write


BY_BOB = {"user": "2", "name": "Bob"}
FORGERIES: dict[str, tuple[int, Callable[[Author], None]]] = {
    "another's name for one's own id": (BOB, in_root("authors", "22", {"user": "1", "name": "A"})),
    "one's own number, another's name": (
        BOB,
        in_root("authors", "22", {"user": "2", "name": "Alice"}),
    ),
    "one's own name for another's id": (BOB, in_root("authors", "11", BY_BOB)),
    "another's name with more beside it": (
        BOB,
        in_root("authors", "22", {"user": "1", "name": "Alice", "x": 1}),
    ),
    "another's name over one's own": (
        BOB,
        twice("authors", "22", BY_BOB, {"user": "1", "name": "Alice"}),
    ),
    "another's name and more over one's own": (
        BOB,
        twice("authors", "22", BY_BOB, {"user": "1", "name": "Alice", "x": 1}),
    ),
    "an account's name by a guest": (
        GUEST,
        in_root("authors", "33", {"user": None, "name": "Alice"}),
    ),
    "a deletion by another": (BOB, in_element("del", {"by": "1", "at": 1.0})),
    "a deletion by another, over one's own": (
        BOB,
        in_element("del", {"by": "2", "at": 1.0}, {"by": "1", "at": 1.0}),
    ),
    "a deletion by another, in a new element": (
        BOB,
        lambda author: author.elements.__setitem__(
            "new", Map({"type": "text", "del": {"by": "1", "at": 1.0}})
        ),
    ),
    "a deletion by an account, by a guest": (GUEST, in_element("del", {"by": "1", "at": 1.0})),
    "a side of another that bob wrote": (
        BOB,
        in_root("conflicts", "e/pos", record(side(ID_OF_BOB, "1"), side(ID_OF_BOB, "2"))),
    ),
    "a side of another that nobody wrote": (
        BOB,
        in_root("conflicts", "e/pos", record(side(ID_OF_BOB, "2"), side(77, "1"))),
    ),
    "a side of an account that a guest wrote": (
        BOB,
        in_root("conflicts", "e/pos", record(side(ID_OF_GUEST, "1"), side(ID_OF_BOB, "2"))),
    ),
    "a side that names nobody, and yet a name": (
        BOB,
        in_root("conflicts", "e/pos", record(side(ID_OF_ALICE, None, "Charlie"))),
    ),
    "a side without a write": (
        BOB,
        in_root("conflicts", "e/pos", record({"id": "x", "user": "1", "name": "Alice"})),
    ),
    "a forged record over an honest one": (
        BOB,
        twice(
            "conflicts",
            "e/pos",
            record(side(ID_OF_BOB, "2")),
            record(side(ID_OF_BOB, "1")),
        ),
    ),
}

HONEST: dict[str, tuple[int, Callable[[Author], None]]] = {
    "one's own name": (BOB, in_root("authors", "22", BY_BOB)),
    "one's own name again": (BOB, twice("authors", "22", BY_BOB, BY_BOB)),
    "a guest's name in their language": (
        GUEST,
        in_root("authors", "33", {"user": None, "name": "Gast"}),
    ),
    "a deletion of one's own": (BOB, in_element("del", {"by": "2", "at": 1.0, "seen": {"1": 2}})),
    "a deletion by nobody": (GUEST, in_element("del", {"by": None, "at": 1.0})),
    "back again": (BOB, in_element("del", {"by": "2", "at": 1.0}, False)),
    "a conflict of others": (
        BOB,
        in_root(
            "conflicts",
            "e/pos",
            record(side(ID_OF_ALICE, "1"), side(ID_OF_GUEST, None, "Guest"), side(ID_OF_BOB, "2")),
        ),
    ),
    "a conflict with work from before ids had owners": (
        BOB,
        in_root("conflicts", "e/pos", record(side(ID_OF_NOBODY, "1"), side(ID_OF_BOB, "2"))),
    ),
    "a conflict with work of one's own that is still to come": (
        BOB,
        in_root("conflicts", "e/pos", record(side(ID_OF_ALICE, "1"), side(78, "2"))),
    ),
    "data of an element that looks like a name": (
        BOB,
        in_element("customData", {"user": "1", "name": "Alice", "by": "1", "at": 2.0}),
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_signature_is_refused(name: str) -> None:
    owner, write = FORGERIES[name]
    with pytest.raises(MalformedError, match=FORGED):
        takes(owner, write, ID_OF_BOB if owner == BOB else ID_OF_GUEST)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_one_is_taken(name: str) -> None:
    owner, write = HONEST[name]
    takes(owner, write, ID_OF_BOB if owner == BOB else ID_OF_GUEST)


def test_somebody_elses_entry_is_not_written_over_either() -> None:
    """A write that follows on another does not name its place; whose the other is does."""
    alice, bob = Author(ID_OF_ALICE), Author(ID_OF_BOB)
    alice.doc.get("authors", type=Map)["11"] = {"user": "1", "name": "Alice"}
    document = Document.load(alice.updates, owners={ID_OF_ALICE: ALICE})
    bob.doc.apply_update(document.diff())
    bob.updates.clear()
    bob.doc.get("authors", type=Map)["11"] = BY_BOB
    (update,) = bob.updates
    with pytest.raises(MalformedError, match=FORGED):
        document.take(update, parse(update), BOB, signer=signer(BOB))


def test_a_record_of_any_depth_is_read() -> None:
    deep: object = "x"
    for _ in range(5):
        deep = [deep]
    takes(BOB, in_root("conflicts", "e/pos", {**record(), "sides": [deep, {"id": deep}]}), 22)


@pytest.mark.django_db(transaction=True)
async def test_a_socket_that_forges_is_closed_and_told(
    alice: User, bob: User, connect: Open
) -> None:
    from asgiref.sync import sync_to_async

    board: Board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
    client = await connect(board, bob)
    own = {"user": str(bob.pk), "name": await sync_to_async(display_name)(bob)}
    key = str(client.doc.client_id)
    await client.send(frames.encode_update(client.write("authors", key, own)))
    await client.until_saved()
    forged = {"user": str(alice.pk), "name": "Alice"}
    await client.send(frames.encode_update(client.write("authors", key, forged)))
    assert await client.until_closed() == CloseCode.MALFORMED
    assert FORGED in client.close_reason
    late = await connect(board, alice)
    assert late.doc.get("authors", type=Map).to_py() == {key: own}
