"""Large drawings by REST: import accepts what export produces, or names the limit."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pycrdt import Map

from audit.actions import AuditAction
from audit.models import AuditLog
from boards.models import Board
from boards.tests.factories import client_of, make_board
from boards.tests.uploads import image_bytes
from sync.drawing import file_reader, scene
from sync.drawing.scene import elements_create
from sync.programs import imports
from sync.programs.committing import ConflictError
from sync.programs.writes import document_change
from sync.storage.store import append_update
from sync.tests.histories import Author

pytestmark = pytest.mark.django_db(transaction=True)


def drawing(count: int, **extra: Any) -> dict[str, Any]:
    elements = [
        {"id": f"e{n}", "type": "rectangle", "x": n, "y": 0, "width": 5, "height": 5, **extra}
        for n in range(count)
    ]
    return {"type": "excalidraw", "elements": elements}


def body_of(answer: Any) -> bytes:
    """All of it; large ones come in pieces."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def sent(client: Client, board: Board, body: bytes, kind: str = "application/json") -> Any:
    path = f"/api/v1/boards/{board.pk}/import"
    return client.post(path, body, content_type=kind)


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.excalidraw+json"])
def test_ones_own_export_of_some_megabytes_is_taken(kind: str, alice: User, board: Board) -> None:
    elements = drawing(300, customData={"text": "x" * 10_000})["elements"]

    def change(roots: dict[str, Any]) -> None:
        elements_create(roots, elements)

    document_change(board=board, user=alice, change=change)
    client = client_of(alice)
    exported: Any = client.get(f"/api/v1/boards/{board.pk}/export")
    body = body_of(exported)
    assert len(body) == int(exported["Content-Length"]) > 2_500_000
    other = make_board(alice)
    answer = sent(client, other, body, kind)
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["created"]) == 300


def test_an_export_of_more_elements_than_a_commit_holds_is_taken_in_several(
    alice: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_ELEMENTS", 100)
    client = client_of(alice)
    head = board.head_seq
    answer = sent(client, board, json.dumps(drawing(250)).encode())
    assert answer.status_code == 200, answer.content
    assert len(set(answer.json()["created"])) == 250
    assert answer.json()["seq"] == head + 3
    shown = client.get(f"/api/v1/boards/{board.pk}/elements").json()["elements"]
    assert [element["x"] for element in shown] == list(range(250)), "in their order"
    rows = AuditLog.objects.filter(board_id=board.pk, action=AuditAction.ROOM_IMPORT)
    assert [row.data["elements"] for row in rows] == [250]


def test_an_import_that_fails_half_way_is_recorded_with_what_it_added(
    alice: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_ELEMENTS", 100)
    made = document_change

    def fails_the_third_time(**keywords: Any) -> int:
        if len(calls) == 2:
            raise ConflictError("Others were quicker.")
        calls.append(1)
        return made(**keywords)

    calls: list[int] = []
    monkeypatch.setattr(imports, "document_change", fails_the_third_time)
    answer = sent(client_of(alice), board, json.dumps(drawing(250)).encode())
    assert answer.status_code == 409
    rows = AuditLog.objects.filter(board_id=board.pk, action=AuditAction.ROOM_IMPORT)
    assert [row.data["elements"] for row in rows] == [200]


def test_what_is_too_big_is_told_with_the_number(
    alice: User, board: Board, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(alice)
    with monkeypatch.context() as patch:
        patch.setattr(file_reader, "MAX_ELEMENTS", 100)
        answer = sent(client, board, json.dumps(drawing(101)).encode())
    assert answer.status_code == 413
    assert "100" in answer.json()["detail"]
    many = b'{"type":"excalidraw","elements":[[' + b"[]," * 400_001 + b"1]]}"
    answer = sent(client, board, many)
    assert answer.status_code == 413
    assert "400,000" in answer.json()["detail"]
    settings.CANVAS_MAX_IMPORT_BYTES = 1_000_000
    answer = sent(client, board, json.dumps(drawing(1, customData="x" * 1_000_000)).encode())
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["detail"]


def test_other_bodies_that_are_too_big_are_told_the_number(alice: User, board: Board) -> None:
    body = {"create": drawing(100, customData="x" * 30_000)["elements"]}
    path = f"/api/v1/boards/{board.pk}/elements"
    answer: Any = client_of(alice).post(path, body, content_type="application/json")
    assert answer.status_code == 413
    assert "2.5 MB" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"null", b'"x"', b'{"a":1} x'])
def test_what_is_no_drawing_is_refused(body: bytes, alice: User, board: Board) -> None:
    assert sent(client_of(alice), board, body).status_code == 400


def test_an_export_without_images_is_taken_too(
    alice: User, board: Board, settings: Any, tmp_path: Path
) -> None:
    settings.CANVAS_FILES_DIR = tmp_path
    client = client_of(alice)
    path = f"/api/v1/boards/{board.pk}"
    assert (
        client.put(f"{path}/files/abc", image_bytes(), content_type="image/png").status_code == 201
    )
    picture = {"id": "p", "type": "image", "x": 0, "y": 0, "width": 9, "height": 9, "fileId": "abc"}
    assert (
        sent(client, board, json.dumps({**drawing(1), "elements": [picture]}).encode()).status_code
        == 200
    )
    whole, bare = (client.get(f"{path}/export{query}") for query in ("", "?images=false"))
    file = json.loads(body_of(bare))
    assert (file["files"], file["elements"][0]["fileId"]) == ({}, "abc")
    assert "abc" in json.loads(body_of(whole))["files"]
    assert whole["ETag"] != bare["ETag"]
    other = make_board(alice)
    assert sent(client, other, json.dumps(file).encode()).status_code == 200
    assert client.get(f"{path}/export?images=maybe").status_code == 400


@pytest.mark.timeout(0)
def test_the_largest_board_goes_out_and_comes_in(
    alice: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`CANVAS_TEST_LARGEST=200000` for the long run; otherwise smaller, with commits as small."""
    count = int(os.environ.get("CANVAS_TEST_LARGEST", "2000"))
    if count < scene.MAX_ELEMENTS:
        monkeypatch.setattr(imports, "MAX_ELEMENTS", count * 2 // 5)
    author = Author()
    for start in range(0, count, 5_000):
        before = author.doc.get_state()
        with author.doc.transaction():
            for n in range(start, min(start + 5_000, count)):
                author.elements[f"e{n}"] = Map({**SHAPE, "pos": [n * 1.37, n], "index": f"b{n:06}"})
        append_update(board.pk, author.doc.get_update(before), alice.pk)
    client = client_of(alice)
    answer: Any = client.get(f"/api/v1/boards/{board.pk}/export")
    exported = body_of(answer)
    other = make_board(alice)
    taken = sent(client, other, exported)
    assert taken.status_code == 200, taken.content
    assert len(taken.json()["created"]) == count
    answer = client.get(f"/api/v1/boards/{other.pk}/export")
    again = json.loads(body_of(answer))["elements"]
    places = [element["x"] for element in json.loads(exported)["elements"]]
    assert [element["x"] for element in again] == places


SHAPE = {
    **{"type": "rectangle", "size": [20.5, 30.25], "angle": 0, "seed": 1, "fillStyle": "solid"},
    **{"strokeColor": "#1e1e1e", "backgroundColor": "#a5d8ff", "strokeWidth": 2, "opacity": 100},
    **{"strokeStyle": "solid", "roughness": 1, "roundness": {"type": 3}, "groupIds": ["g"]},
    **{"frameId": None, "link": None, "locked": False},
}
