"""REST of the document: programs draw like people, with the same permissions."""

import json
import math
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pycrdt import Doc, Map

from audit.models import AuditLog
from audit.tests.actors import by
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_create
from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.models import DocumentUpdate
from sync.programs.documents import document_now
from sync.programs.new_boards import document_copy_prepare
from sync.programs.writes import program_client_id
from sync.tests import hostile
from sync.tests.conftest import Open
from sync.tests.histories import Author
from sync.tests.rest import BINARY, JSON, RECTANGLE, call, elements_on, write

WRITES = {
    "document": ("post", b"\x00\x00", BINARY),
    "elements": ("post", {"create": [RECTANGLE]}, JSON),
    "import": ("post", {"type": "excalidraw", "elements": []}, JSON),
    "versions": ("post", {"name": "x"}, JSON),
    "versions/1/": ("patch", {"name": "x"}, JSON),
    "versions/1/restore": ("post", {}, JSON),
}
READS = ("document", "elements", "export", "versions", "versions/1")


# --- who is refused


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*READS, *WRITES])
def test_strangers_learn_nothing(board: Board, charlie: User, path: str) -> None:
    method, body, kind = WRITES.get(path, ("get", None, None))
    args = (body, kind) if kind else ()
    assert call(None, method, board.pk, path, *args).status_code == 401
    private = call(charlie, method, board.pk, path, *args)
    missing = call(charlie, method, uuid.uuid4(), path, *args)
    assert private.status_code == missing.status_code == 404
    assert private.content == missing.content


@pytest.mark.django_db
@pytest.mark.parametrize("level", [AccessLevel.VIEW, AccessLevel.COMMENT])
@pytest.mark.parametrize("path", WRITES)
def test_viewers_and_commenters_write_nothing(
    alice: User, charlie: User, level: AccessLevel, path: str
) -> None:
    board = make_board(alice, shared_with={charlie: level})
    method, body, kind = WRITES[path]
    assert call(charlie, method, board.pk, path, body, kind).status_code == 403
    for read in ("document", "elements", "export"):
        assert call(charlie, "get", board.pk, read).status_code == 200
    # Versions hold what was deleted before they came.
    assert call(charlie, "get", board.pk, "versions").status_code == 403
    assert not DocumentUpdate.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", hostile.CORPUS)
def test_a_hostile_update_is_refused(board: Board, alice: User, name: str) -> None:
    response = write(alice, board, "document", hostile.CORPUS[name](), BINARY)
    assert response.status_code in (400, 413), response.content
    assert not DocumentUpdate.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", hostile.GAPS)
def test_an_update_with_a_gap_is_a_conflict(board: Board, alice: User, name: str) -> None:
    assert write(alice, board, "document", hostile.GAPS[name](), BINARY).status_code == 409


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        [],
        {"create": [{}]},
        {"create": [{"type": ""}]},
        {"create": [{**RECTANGLE, "x": "left"}]},
        {"create": [{**RECTANGLE, "id": 5}]},
        {"create": [{**RECTANGLE, "boundElements": [{"id": []}]}]},
        {"create": [{**RECTANGLE, "groupIds": 5}]},
        {"create": [{**RECTANGLE, "type": "text", "text": "\ud83d"}]},
        {"create": "x"},
        {"change": [{"x": 1}]},
        {"change": [{"id": "unknown", "x": 1}]},
        {"delete": ["unknown"]},
        {"create": [RECTANGLE] * 5001},
    ],
)
def test_a_bad_batch_changes_nothing(board: Board, alice: User, body: Any) -> None:
    response = write(alice, board, "elements", body)
    assert response.status_code == 400, response.content
    assert not DocumentUpdate.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"type": "excalidraw"},
        {"type": "excalidraw", "elements": [1]},
        {"type": "excalidraw", "elements": [{**RECTANGLE, "id": "a", "type": ["rectangle"]}]},
        {"type": "excalidraw", "elements": [{"id": "a", "type": "rectangle", "x": "left"}]},
    ],
)
def test_a_file_that_is_no_drawing_is_refused(board: Board, alice: User, body: Any) -> None:
    assert write(alice, board, "import", body).status_code == 400
    assert not DocumentUpdate.objects.exists()


# --- what works


@pytest.mark.django_db
def test_a_batch_creates_changes_and_deletes(board: Board, alice: User) -> None:
    made = write(alice, board, "elements", {"create": [RECTANGLE, {**RECTANGLE, "id": "mine"}]})
    first, mine = made.json()["created"]
    assert mine == "mine"
    body = {"change": [{"id": first, "x": 99, "strokeColor": "#f00"}], "delete": ["mine"]}
    assert write(alice, board, "elements", body).json() == {"seq": 2, "created": []}
    elements = elements_on(board)
    assert set(elements) == {first}
    assert (elements[first]["x"], elements[first]["y"]) == (99, 20)
    assert elements[first]["strokeColor"] == "#f00"
    assert call(alice, "get", board.pk, "elements").json()["elements"] == list(elements.values())


@pytest.mark.django_db
def test_what_is_no_element_is_not_taken_for_one(board: Board, alice: User) -> None:
    """A faulty program puts plain values where elements belong."""
    author = Author()
    author.elements["plain"] = {"type": "rectangle", "index": "a5"}
    author.elements["number"] = 5
    write(alice, board, "document", author.doc.get_update(), BINARY)
    kept = write(alice, board, "versions", {"name": "x"}).json()
    assert write(alice, board, "elements", {"change": [{"id": "plain"}]}).status_code == 400
    assert write(alice, board, "elements", {"delete": ["number"]}).status_code == 400
    made = write(alice, board, "elements", {"create": [RECTANGLE, {**RECTANGLE, "id": "plain"}]})
    assert made.status_code == 200, made.content
    assert set(elements_on(board)) == set(made.json()["created"])
    assert write(alice, board, f"versions/{kept['id']}/restore", {}).status_code == 200
    assert call(alice, "get", board.pk, "export").status_code == 200


@pytest.mark.django_db
def test_the_same_batch_again_changes_nothing(board: Board, alice: User) -> None:
    body = {"create": [{**RECTANGLE, "id": "a"}]}
    assert write(alice, board, "elements", body).json()["seq"] == 1
    assert write(alice, board, "elements", body).json()["seq"] == 1
    write(alice, board, "elements", {"delete": ["a"]})
    assert write(alice, board, "elements", {"delete": ["a"]}).json()["seq"] == 2


@pytest.mark.django_db
def test_a_deleted_element_comes_back_only_when_asked_to(board: Board, alice: User) -> None:
    mine = {**RECTANGLE, "id": "a"}
    write(alice, board, "elements", {"create": [mine]})
    write(alice, board, "elements", {"delete": ["a"]})
    for body in ({"create": [{**mine, "x": 5}]}, {"change": [{"id": "a", "y": 5}]}):
        assert write(alice, board, "elements", body).status_code == 200
        assert elements_on(board) == {}
    write(alice, board, "elements", {"change": [{"id": "a", "isDeleted": False}]})
    assert (elements_on(board)["a"]["x"], elements_on(board)["a"]["y"]) == (5, 5)


@pytest.mark.django_db
def test_what_json_cannot_say_breaks_no_reader(board: Board, alice: User) -> None:
    author = Author()
    odd = {"customData": {"bytes": b"\xff", "nan": math.nan}, "name": math.inf}
    author.elements["odd"] = Map({"type": "frame", "pos": [1, math.nan], "size": [2, 3], **odd})
    author.elements["bare"] = Map({"type": "rectangle"})
    author.elements["small"] = Map({"type": "rectangle", "pos": [1, 2]})
    assert write(alice, board, "document", author.doc.get_update(), BINARY).status_code == 200
    kept = write(alice, board, "versions", {"name": "x"}).json()["id"]
    for path in ("elements", f"versions/{kept}", "export"):
        answer = call(alice, "get", board.pk, path)
        assert answer.status_code == 200, (path, answer.content)
        (odd,) = (one for one in json.loads(answer.content)["elements"] if one["id"] == "odd")
        assert (odd["y"], odd["name"], odd["customData"]) == (0, 0, {"bytes": None, "nan": 0})
    assert write(alice, board, "elements", {"change": [{"id": "bare", "x": 1}]}).status_code == 400
    assert write(alice, board, "elements", {"change": [{"id": "small", "x": 9}]}).status_code == 200
    assert (
        write(alice, board, "elements", {"create": [{"id": "bare", **RECTANGLE}]}).status_code
        == 200
    )
    assert elements_on(board)["bare"]["x"] == 10


@pytest.mark.django_db
def test_what_programs_write_has_an_author(board: Board, alice: User, bob: User) -> None:
    """Pages read in the document who wrote something; the server fills in the signed-in user."""
    User.objects.filter(pk=bob.pk).update(first_name="Bob", last_name="B")
    bob.refresh_from_db()
    write(alice, board, "elements", {"create": [{**RECTANGLE, "id": "a"}]})
    write(bob, board, "elements", {"change": [{"id": "a", "x": 1}]})
    author = Author()
    author.elements["e"] = Map({"type": "rectangle", "pos": [1, 2]})
    write(bob, board, "document", author.doc.get_update(), BINARY)
    authors = document_now(board.pk)[0].content()["authors"]
    by_alice, by_bob = (
        {"user": str(alice.pk), "name": "alice"},
        {"user": str(bob.pk), "name": "Bob B"},
    )
    assert authors[str(program_client_id(board.pk, alice.pk))] == by_alice
    assert authors[str(program_client_id(board.pk, bob.pk))] == by_bob
    assert authors[str(author.doc.client_id)] == by_bob
    assert write(bob, board, "elements", {"change": [{"id": "a", "x": 1}]}).json()["seq"] == 3
    copy = board_create(owner=alice, title="Copy", by=by(alice))
    document_copy_prepare(board.pk, copy.pk, copy.owner)()
    assert list(document_now(copy.pk)[0].content()["authors"].values()) == [by_alice]


@pytest.mark.django_db
def test_an_import_without_its_audit_row_does_not_happen(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync.programs import imports

    def fails(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(imports, "audit_record", fails)
    file = {"type": "excalidraw", "elements": [{**RECTANGLE, "id": "a"}]}
    with pytest.raises(RuntimeError):
        write(alice, board, "import", file)
    assert not DocumentUpdate.objects.exists()


@pytest.mark.django_db
def test_writing_often_does_not_make_the_document_grow(board: Board, alice: User) -> None:
    write(alice, board, "elements", {"create": [{**RECTANGLE, "id": "a"}]})
    size = len(call(alice, "get", board.pk, "document").content)
    for x in range(30):
        write(alice, board, "elements", {"change": [{"id": "a", "x": x}]})
    assert len(call(alice, "get", board.pk, "document").content) < size + 60


@pytest.mark.django_db
def test_the_document_goes_out_and_an_update_in(board: Board, alice: User) -> None:
    author = Author()
    author.elements["e"] = Map({"type": "rectangle", "pos": [1, 2]})
    update = author.doc.get_update()
    assert write(alice, board, "document", update, BINARY).json() == {"seq": 1}
    assert write(alice, board, "document", update, BINARY).json() == {"seq": 1}, "nothing new"
    answer = call(alice, "get", board.pk, "document")
    copy: Doc[Map[Any]] = Doc()
    copy.apply_update(answer.content)
    assert copy.get("elements", type=Map).to_py() == {"e": {"type": "rectangle", "pos": [1, 2]}}
    client = client_of(alice)
    path = f"/api/v1/boards/{board.pk}/document"
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    stale = client.post(path, update, BINARY, headers={"If-Match": '"0"'})
    assert stale.status_code == 412


@pytest.mark.django_db
def test_a_file_goes_out_and_comes_in_with_fresh_ids(board: Board, alice: User) -> None:
    drawing = [
        {**RECTANGLE, "id": "box", "boundElements": [{"id": "arrow", "type": "arrow"}]},
        {
            **RECTANGLE,
            "id": "arrow",
            "type": "arrow",
            "points": [[0, 0], [5, 5]],
            "startBinding": {"elementId": "box", "focus": 0, "gap": 1},
            "groupIds": ["g"],
        },
    ]
    write(alice, board, "elements", {"create": drawing})
    exported = call(alice, "get", board.pk, "export")
    assert "Roadmap.excalidraw" in exported["Content-Disposition"]
    other = make_board(alice, title="Other")
    answer = write(alice, other, "import", json.loads(exported.content))
    assert answer.status_code == 200, answer.content
    box, arrow = (elements_on(other)[id] for id in answer.json()["created"])
    assert {box["id"], arrow["id"]}.isdisjoint({"box", "arrow"})
    assert arrow["startBinding"]["elementId"] == box["id"]
    assert box["boundElements"] == [{"id": arrow["id"], "type": "arrow"}]
    again = write(alice, other, "import", json.loads(exported.content))
    assert len(elements_on(other)) == 4
    assert set(again.json()["created"]).isdisjoint(answer.json()["created"])
    actions = AuditLog.objects.filter(action__in=("room_export", "room_import"))
    assert list(actions.order_by("pk").values_list("action", flat=True)) == [
        "room_export",
        "room_import",
        "room_import",
    ]


@pytest.mark.django_db(transaction=True)
async def test_what_a_program_draws_is_live_for_everyone(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    b = await connect(board, bob)
    await b.draw("e", type="ellipse", pos=[0, 0])
    await b.until_saved()
    answer = await sync_to_async(write)(alice, board, "elements", {"create": [RECTANGLE]})
    (made,) = answer.json()["created"]
    await b.until(lambda: made in b.ids())
    await b.draw("e", strokeColor="#f00")
    await b.until_saved()
    assert await DocumentUpdate.objects.acount() == 3
