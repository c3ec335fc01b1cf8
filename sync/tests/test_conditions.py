"""Conditional requests by RFC 9110: for readers who have it, for writers who overlook nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pycrdt import Map

from audit.models import AuditLog
from boards.models import Board
from boards.tests.factories import client_of
from sync.models import DocumentUpdate
from sync.tests.histories import Author

RECTANGLE = {"type": "rectangle", "x": 10, "y": 20, "width": 30, "height": 40}
READS = ("document", "elements", "export")


def update_of_an_author() -> bytes:
    author = Author()
    author.elements["e2"] = Map({"type": "rectangle"})
    return author.updates[-1]


WRITES = {
    "document": (update_of_an_author(), "application/octet-stream"),
    "elements": ({"create": [RECTANGLE]}, "application/json"),
    "import": ({"type": "excalidraw", "elements": [{**RECTANGLE, "id": "a"}]}, "application/json"),
}


def get(user: User, board: Board, path: str, **headers: str) -> Any:
    return client_of(user).get(f"/api/v1/boards/{board.pk}/{path}", headers=sent(headers))


def post(user: User, board: Board, path: str, **headers: str) -> Any:
    url, (body, kind) = f"/api/v1/boards/{board.pk}/{path}", WRITES[path]
    return client_of(user).post(url, body, kind, headers=sent(headers))


def sent(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.CANVAS_FILES_DIR = tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("path", READS)
def test_a_reader_is_told_that_nothing_changed(board: Board, alice: User, path: str) -> None:
    post(alice, board, "elements")
    first = get(alice, board, path)
    etag = first["ETag"]
    for known in (etag, f"W/{etag}", f'"x", W/{etag} ,"y"', "*"):
        answer = get(alice, board, path, If_None_Match=known)
        assert (answer.status_code, answer.content) == (304, b""), known
        assert (answer["ETag"], answer["Cache-Control"]) == (etag, "no-store")
    for other in ('"x"', 'W/"x", "y"', etag.strip('"'), ""):
        answer = get(alice, board, path, If_None_Match=other)
        assert (answer.status_code, answer["ETag"]) == (200, etag), other
        assert len(answer.content) == len(first.content)
    post(alice, board, "elements")
    later = get(alice, board, path, If_None_Match=etag)
    assert later.status_code == 200
    assert later["ETag"] != etag


@pytest.mark.django_db
@pytest.mark.parametrize("path", READS)
def test_a_reader_may_insist_on_a_state(board: Board, alice: User, path: str) -> None:
    etag = get(alice, board, path)["ETag"]
    for wanted, status in ((etag, 200), ("*", 200), (f"W/{etag}", 412), ('"x"', 412)):
        answer = get(alice, board, path, If_Match=wanted)
        assert answer.status_code == status, wanted
    assert json.loads(answer.content)["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", WRITES)
def test_a_writer_may_insist_on_what_he_read(board: Board, alice: User, path: str) -> None:
    post(alice, board, "elements")
    etag = get(alice, board, "document")["ETag"]
    refused = [{"If_Match": value} for value in ('"0"', f"W/{etag}", '"x", "y"', "")]
    refused += [{"If_None_Match": value} for value in (etag, f"W/{etag}", "*")]
    for headers in refused:
        answer = post(alice, board, path, **headers)
        assert answer.status_code == 412, headers
        assert "Read it again" in answer.json()["detail"]
    assert DocumentUpdate.objects.count() == 1
    assert not AuditLog.objects.filter(action="room_import").exists()
    assert post(alice, board, path, If_Match=f'"x", {etag}').status_code == 200
    assert post(alice, board, path, If_Match=etag).status_code == 412, "it has moved on"
    assert post(alice, board, path, If_Match="*", If_None_Match='"0"').status_code == 200


@pytest.mark.django_db
def test_a_writer_in_between_is_noticed(
    board: Board, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The condition is asked again for every head that the commit is tried on."""
    etag = get(alice, board, "document")["ETag"]
    once = [True]

    def after_somebody_else(*_: Any) -> None:
        if once and once.pop():
            assert post(bob, board, "elements").status_code == 200

    name = "sync.programs.committing.require_place_for_drawing"
    monkeypatch.setattr(name, after_somebody_else)
    assert post(alice, board, "elements", If_Match=etag).status_code == 412
    assert DocumentUpdate.objects.count() == 1


@pytest.mark.django_db
def test_who_has_the_export_already_exports_nothing(board: Board, alice: User) -> None:
    etag = get(alice, board, "export")["ETag"]
    assert get(alice, board, "export", If_None_Match=etag).status_code == 304
    assert AuditLog.objects.filter(action="room_export").count() == 1
