"""Whatever validation lets into a document, every reader takes, and copies keep."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client

from boards.models import Board
from boards.tests.factories import make_board
from sync.document.document import Document
from sync.drawing.scene import is_same
from sync.programs.documents import document_now
from sync.storage.compaction import compact_board
from sync.tests.valid_documents import random_document
from sync.wire.frames import MalformedError
from sync.wire.update import parse

pytestmark = pytest.mark.django_db(transaction=True)
BINARY = "application/octet-stream"
READS = (
    *("elements", "document", "export", "versions", "comments"),
    *("export.svg", "export.png", "export.pdf"),
)


def is_valid(update: bytes) -> bool:
    try:
        return Document().take(update, parse(update), 1) is not None
    except MalformedError:
        return False


def valid_documents(count: int) -> list[bytes]:
    """The first ones that pass; a value in the wrong place is out of bounds now and then."""
    updates: list[bytes] = []
    seed = 0
    while len(updates) < count:
        update = random_document(seed).doc.get_update()
        seed += 1
        if is_valid(update):
            updates.append(update)
    assert seed < 12 * count, "nearly nothing that is tried is valid"
    return updates


def content_of(board_id: Any) -> dict[str, Any]:
    """What a board shows: elements, files and meta."""
    content = document_now(board_id)[0].content()
    return {root: content[root] for root in ("elements", "files", "meta")}


def living(content: dict[str, Any]) -> dict[str, Any]:
    """The same without deleted elements, which copies leave behind."""
    elements = {
        key: groups
        for key, groups in content["elements"].items()
        if groups.get("del") in (None, False)
    }
    return {**content, "elements": elements}


@pytest.mark.parametrize("update", valid_documents(12))
def test_every_reader_takes_it_and_every_copy_keeps_it(
    update: bytes, board: Board, alice: User
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    path = f"/api/v1/boards/{board.pk}"
    assert client.post(f"{path}/document", update, BINARY).status_code == 200
    before = content_of(board.pk)
    kept = client.post(f"{path}/versions", {"name": "kept"}, "application/json").json()["id"]
    answers = {read: client.get(f"{path}/{read}") for read in READS}
    answers["version"] = client.get(f"{path}/versions/{kept}")
    answers["picture"] = client.get(f"/board/{board.pk}/thumbnail.svg")
    answers["search"] = client.get("/api/v1/search", {"q": "words"})
    answers["list"] = client.get("/api/v1/boards", {"q": "words"})
    assert {name: one.status_code for name, one in answers.items() if one.status_code >= 500} == {}
    shown = json.loads(b"".join(answers["elements"]))["elements"]
    assert shown == answers["version"].json()["elements"]
    export = b"".join(answers["export"])
    assert [one["id"] for one in json.loads(export)["elements"]] == [one["id"] for one in shown]
    other = f"/api/v1/boards/{make_board(alice).pk}"
    imported = client.post(f"{other}/import", export, "application/json")
    assert imported.status_code == 200, imported.json()
    assert len(json.loads(b"".join(client.get(f"{other}/elements")))["elements"]) == len(shown)

    copied = client.post(f"{path}/duplicate", {}, "application/json")
    assert copied.status_code == 201
    assert is_same(living(content_of(UUID(copied.json()["id"]))), living(before))

    wipe = {"delete": [element["id"] for element in shown if not element["isDeleted"]]}
    assert client.post(f"{path}/elements", wipe, "application/json").status_code == 200
    assert client.post(f"{path}/versions/{kept}/restore").status_code == 200
    after = content_of(board.pk)
    for groups in (*before["elements"].values(), *after["elements"].values()):
        if groups.get("del") in (None, False):
            groups.pop("del", None)
    assert is_same(after, before)

    change = {"change": [{"id": element["id"], "opacity": 50} for element in shown]}
    assert client.post(f"{path}/elements", change, "application/json").status_code in (200, 400)
    compact_board(board.pk)
    assert client.get(f"{path}/elements").status_code == 200
