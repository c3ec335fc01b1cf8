"""A person takes all of their boards away."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.tests.actors import by
from boards.limits.expensive import OverloadedError
from boards.models import Board
from boards.tests.factories import client_of, make_board
from boards.tests.uploads import image_bytes
from sync.programs import own_boards
from sync.storage.log import LogDamagedError
from sync.tests.test_every_action import draw

ADDRESS = "/api/v1/me/export"


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.CANVAS_FILES_DIR = tmp_path


def read(response: Any) -> zipfile.ZipFile:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_a_person_gets_what_they_own_and_nothing_else(alice: User, bob: User) -> None:
    drawn = make_board(alice, title="Plan")
    draw(drawn, alice)
    picture = drawn.files.create(file_id="abc", mime="image/png", size_bytes=1, width=1, height=1)
    picture.path.parent.mkdir(parents=True)
    picture.path.write_bytes(image_bytes())
    make_board(alice, title="plan")
    make_board(alice, title="../../etc/passwd")
    make_board(alice, title="Trashed", is_trashed=True)
    make_board(bob, title="Of bob", shared_with={})
    archive = read(client_of(alice).get(ADDRESS))
    assert archive.testzip() is None
    names = sorted(archive.namelist())
    assert names == ["Plan.excalidraw", "_.._etc_passwd.excalidraw", "plan (2).excalidraw"]
    drawing = json.loads(archive.read("Plan.excalidraw"))
    assert [element["id"] for element in drawing["elements"]] == ["e1"]
    assert drawing["files"]["abc"]["dataURL"].startswith("data:image/png;base64,")
    rows = AuditLog.objects.filter(action="room_export")
    assert rows.count() == 3
    assert {row.actor for row in rows} == {alice}


def test_nobody_else_is_let_in(alice: User, db: None) -> None:
    assert client_of(None).get(ADDRESS).status_code == 401
    assert client_of(alice).post(ADDRESS).status_code == 405


def test_one_download_at_a_time(alice: User) -> None:
    make_board(alice)
    client = client_of(alice)
    first = client.get(ADDRESS)
    refused = client.get(ADDRESS)
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    read(first)
    read(client.get(ADDRESS))


def test_a_download_that_is_given_up_frees_its_place(alice: User) -> None:
    make_board(alice)
    pieces = own_boards.own_boards_zip(user=alice, by=by(alice), who="alice")
    with pytest.raises(OverloadedError):
        own_boards.own_boards_zip(user=alice, by=by(alice), who="alice")
    pieces.close()  # type: ignore[attr-defined]  # before anything was read of it
    read(client_of(alice).get(ADDRESS))


def test_a_board_that_cannot_be_read_is_named(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make_board(alice, title="Broken")

    def damaged(**_: Any) -> None:
        raise LogDamagedError

    monkeypatch.setattr(own_boards, "board_export", damaged)
    archive = read(client_of(alice).get(ADDRESS))
    assert b"Broken" in archive.read("_not_included.txt")


def test_what_is_given_away_or_switched_off_meanwhile_stays(alice: User, bob: User) -> None:
    make_board(alice, title="A")
    second = make_board(alice, title="B")
    make_board(alice, title="C")
    response = client_of(alice).get(ADDRESS)
    pieces = iter(response.streaming_content)  # type: ignore[attr-defined]
    content = next(pieces)
    Board.objects.filter(pk=second.pk).update(owner=bob)
    content += next(pieces, b"")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    content += b"".join(pieces)
    assert b"B.excalidraw" not in content
