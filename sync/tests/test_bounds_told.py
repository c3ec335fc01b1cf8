"""What is out of bounds is refused by name, whether a program, REST or a socket sent it."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from pycrdt import Map

from boards.models import Board
from boards.tests.factories import client_of
from sync.drawing.checks import NotAnElementError, checked_program_element
from sync.programs.documents import document_now
from sync.programs.writes import document_change
from sync.storage.store import append_update
from sync.tests.conftest import Open
from sync.tests.histories import LINE, Author
from sync.wire.close_codes import CloseCode
from sync.wire.frames import encode_update


@pytest.mark.parametrize(
    ("element", "named"),
    [
        ({"pos": [1, 2]}, "pos"),
        ({"colour": "red"}, "colour"),
        ({"type": "banana"}, "banana"),
        ({"x": 1e19}, "x"),
        ({"opacity": "half"}, "opacity"),
        ({"id": ""}, "id"),
        ({"id": "toString"}, "id"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"boundElements": [{"id": f"a{n}", "type": "arrow"} for n in range(1001)]}, "boundEl"),
    ],
)
def test_programs_are_told_the_name_that_is_wrong(element: dict[str, Any], named: str) -> None:
    with pytest.raises(NotAnElementError, match=named):
        checked_program_element({"type": "rectangle", **element})


@pytest.mark.django_db
def test_rest_names_words_that_a_batch_does_not_have(board: Board, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    path = f"/api/v1/boards/{board.pk}/elements"
    for body, named in (
        ({"add": [{"type": "rectangle"}]}, "add"),
        ({"create": [{"type": "rectangle", "colour": "red"}]}, "colour"),
        ({"create": [{"type": "banana"}]}, "banana"),
        ({"change": [{"id": "a", "pos": [1, 2]}]}, "pos"),
    ):
        answer = client.post(path, json.dumps(body), "application/json")
        assert answer.status_code == 400
        assert named in answer.content.decode()


@pytest.mark.django_db(transaction=True)
async def test_a_socket_is_told_root_key_and_kind(board: Board, alice: User, connect: Open) -> None:
    client = await connect(board, alice)
    await client.draw("fine", **LINE)
    await client.until_saved()
    await client.draw("huge", type="rectangle", pos=[0, 0], size=[1e9, 1e9])
    assert await client.until_closed() == CloseCode.MALFORMED
    assert "elements/huge/size has to be between" in client.close_reason
    other = await connect(board, alice)
    assert other.ids() == {"fine"}


@pytest.mark.django_db(transaction=True)
async def test_a_client_repeats_what_is_older_than_a_bound(
    board: Board, alice: User, connect: Open
) -> None:
    """A stock client that comes back answers a step 1 with everything that it holds."""

    def store() -> None:
        def change(roots: dict[str, Any]) -> None:
            roots["elements"]["old"] = Map({**LINE, "pos": [1e19, 0]})

        document_change(board=board, user=alice, change=change)

    await sync_to_async(store)()
    client = await connect(board, alice)
    assert client.content()["old"]["pos"] == [1e19, 0]
    await client.send(encode_update(client.doc.get_update()))
    await client.draw("old", pos=[5, 5])
    await client.until_saved()


KINDS: dict[str, tuple[Any, str]] = {
    "pos": ("junk", "a pair of numbers"),
    "size": ([1], "a pair of numbers"),
    "type": (5, "a text"),
    "opacity": ("x", "a number"),
    "strokeColor": ([1, 2], "a text"),
    "locked": ({"a": 1}, "true or false"),
    "groupIds": ("g", "a list"),
    "angle": (True, "a number"),
    "bound:a": (7, "a text"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", [*KINDS, "points", "originalText", "viewBackgroundColor"])
def test_by_rest_a_value_of_another_kind_in_the_place_of_one_is_refused_by_name(
    key: str, board: Board, alice: User
) -> None:
    author = Author()
    whole = {**LINE, **dict.fromkeys(KINDS, 1), "type": "line", "pos": [0, 0], "size": [1, 1]}
    author.elements["e"] = Map({**whole, "opacity": 50, "text": {"originalText": "a", "text": "a"}})
    meta = author.doc.get("meta", type=Map)
    meta["viewBackgroundColor"] = "#ffffff"
    assert sent_document(alice, board, author).status_code == 200
    place, value, kind = f"elements/e/{key}", *KINDS.get(key, (None, ""))
    if key == "points":
        place, value, kind = "elements/e/path", {"points": 5}, "a list"
    elif key == "originalText":
        place, value, kind = "elements/e/text", {"text": "b", "originalText": 5}, "a text"
    if key == "viewBackgroundColor":
        place, kind = f"meta/{key}", "a text"
        meta[key] = [1]
    else:
        author.elements["e"][place.rpartition("/")[2]] = value
    author.elements["other"] = Map({"type": "rectangle", "pos": [0, 0]})
    answer = sent_document(alice, board, author)
    assert answer.status_code == 400
    assert f"{place} has to be {kind}" in answer.json()["detail"]
    stored = document_now(board.pk)[0].content()
    assert "other" not in stored["elements"]


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_already_may_be_repeated_and_put_right(board: Board, alice: User) -> None:
    author = Author()
    author.elements["e"] = Map({"type": "rectangle", "pos": [0, 0], "opacity": 50})
    author.elements["e"]["opacity"] = "x"  # as a socket may write it
    append_update(board.pk, author.doc.get_update(), alice.pk)
    author.elements["e"]["locked"] = True
    assert sent_document(alice, board, author).status_code == 200
    author.elements["e"]["opacity"] = 70
    assert sent_document(alice, board, author).status_code == 200
    assert document_now(board.pk)[0].entry("elements", "e")["opacity"] == 70


def sent_document(user: User, board: Board, author: Author) -> Any:
    """Posts all that an author wrote."""
    return client_of(user).post(
        f"/api/v1/boards/{board.pk}/document",
        author.doc.get_update(),
        content_type="application/octet-stream",
    )
