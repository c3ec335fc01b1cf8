"""`export_board` and `import_board`: a board as a file, and a file as a board, by an operator."""

import io
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.verification import audit_verify
from boards.files.storage import file_store
from boards.models import Board, BoardFile
from boards.tests.uploads import image_bytes
from sync.drawing.file import NotADrawingError
from sync.drawing.file_reader import DrawingFile
from sync.drawing.scene import elements_create
from sync.programs import imports
from sync.programs.documents import document_now
from sync.programs.writes import document_change

pytestmark = pytest.mark.django_db(transaction=True)
RECTANGLE = {"type": "rectangle", "x": 10, "y": 20, "width": 30, "height": 40}
IMAGE = {**RECTANGLE, "id": "i1", "type": "image", "fileId": "abc"}
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def drawn(board: Board, alice: User, settings: Settings, tmp_path: Path) -> Board:
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    file_store(board=board, file_id="abc", stream=io.BytesIO(image_bytes()), user=alice)

    def change(roots: dict[str, Any]) -> None:
        elements_create(roots, [{**RECTANGLE, "id": "r1", "strokeColor": "#123456"}, IMAGE])
        roots["meta"]["viewBackgroundColor"] = "#fedcba"

    document_change(board=board, user=alice, change=change)
    return board


def run(*args: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(*args: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(*args)
    return str(caught.value)


def test_a_board_goes_into_a_file_and_comes_out_as_another(drawn: Board, tmp_path: Path) -> None:
    path = tmp_path / "plan.excalidraw"
    _, told = run("export_board", str(drawn.pk), str(path))
    assert "1 images" in told
    assert path.stat().st_mode & 0o077 == 0
    out, told = run("import_board", str(path), "--owner", "bob", "--title", "Copy")
    assert "2 elements and 1 images" in told
    assert "2 of 2 elements" in told
    board = Board.objects.get(pk=UUID(out.strip()))
    assert (board.owner.username, board.title) == ("bob", "Copy")
    assert not board.permissions.exists()
    content = document_now(board.pk)[0].content()
    assert content["meta"]["viewBackgroundColor"] == "#fedcba"
    assert sorted(one["type"] for one in content["elements"].values()) == ["image", "rectangle"]
    assert BoardFile.objects.get(board=board).path.read_bytes()


def test_stdout_is_the_file_alone(drawn: Board) -> None:
    out, _ = run("export_board", str(drawn.pk))
    assert [one["id"] for one in json.loads(out)["elements"]] == ["r1", "i1"]
    assert list(json.loads(out)["files"]) == ["abc"]


def test_rows_name_the_command_and_who_runs_it(drawn: Board, tmp_path: Path) -> None:
    path = tmp_path / "plan.excalidraw"
    run("export_board", str(drawn.pk), str(path))
    run("import_board", str(path), "--owner", "bob")
    rows = list(AuditLog.objects.order_by("pk"))
    assert [row.action for row in rows] == ["room_export", "room_create", "room_import"]
    for row, command in zip(rows, ("export_board", "import_board", "import_board"), strict=True):
        assert row.actor_label == f"{command} ({ME})"
        assert (row.actor, row.actor_kind, row.via) == (None, "system", "command")
        assert (row.data["command"], row.data["os_user"]) == (command, ME)
    assert rows[1].data["for"] == rows[2].data["for"] == "bob"
    assert rows[1].board_title == "plan"
    assert audit_verify().is_intact


@pytest.mark.parametrize(
    ("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_a_picture_of_the_board_is_written(
    drawn: Board, tmp_path: Path, kind: str, start: bytes
) -> None:
    path = tmp_path / f"plan.{kind}"
    _, told = run("export_board", str(drawn.pk), str(path), "--format", kind)
    assert path.read_bytes().startswith(start)
    assert f"{path.stat().st_size:,} bytes." in told
    row = AuditLog.objects.get(action="room_export")
    assert (row.data["bytes"], row.data["format"]) == (path.stat().st_size, kind)


def test_what_cannot_be_exported_is_said(board: Board, tmp_path: Path) -> None:
    assert "no board" in refused("export_board", str(uuid4()))
    assert "directory" in refused("export_board", str(board.pk), str(tmp_path / "no" / "x"))
    Board.objects.update(deleted_at="2026-01-01T00:00:00Z")
    path = tmp_path / "x"
    path.write_text("older")
    assert "in the trash" in refused("export_board", str(board.pk), str(path))
    assert path.read_text() == "older"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not an Excalidraw file"),
        ('{"type": "other"}', "not an Excalidraw file"),
        ('{"type": "excalidraw", "elements": [{"type": "rectangle", "x": "left"}]}', "Element 1"),
        (json.dumps({"type": "excalidraw", "elements": [], "files": 3}), "images"),
        (" " * 2000, "larger than 1,500 bytes"),
    ],
)
def test_what_cannot_be_imported_is_said_and_makes_no_board(
    text: str, said: str, bob: User, tmp_path: Path
) -> None:
    path = tmp_path / "x.excalidraw"
    path.write_text(text)
    told = refused("import_board", str(path), "--owner", "bob", "--max-bytes", "1500")
    assert said in told
    assert not Board.objects.exists()


def test_nothing_is_left_of_an_import_that_fails_half_way(
    drawn: Board,
    bob: User,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "plan.excalidraw"
    run("export_board", str(drawn.pk), str(path))
    file = json.loads(path.read_text())
    file["files"]["abd"] = file["files"]["abc"]
    file["elements"].append({**IMAGE, "id": "i2", "fileId": "abd"})
    path.write_text(json.dumps(file))
    settings.CANVAS_MAX_BOARD_IMAGES = 1
    assert "1 images" in refused("import_board", str(path), "--owner", "bob")
    assert Board.objects.get() == drawn
    assert [row.action for row in AuditLog.objects.order_by("pk")][1:] == [
        "room_create",
        "room_delete",
        "room_purge",
    ]
    monkeypatch.setattr(imports, "ImportedImages", None)  # a fault, not a refusal
    with pytest.raises(TypeError):
        run("import_board", str(path), "--owner", "bob")
    assert Board.objects.get() == drawn


def test_the_owner_has_to_be_somebody_with_place(
    bob: User, tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "x.excalidraw"
    path.write_text(json.dumps({"type": "excalidraw", "elements": []}))
    assert "no user nobody" in refused("import_board", str(path), "--owner", "nobody")
    assert "x.txt" in refused("import_board", "/no/x.txt", "--owner", "bob")
    settings.CANVAS_MAX_BOARDS_PER_PERSON = 1
    run("import_board", str(path), "--owner", "bob")
    assert "1" in refused("import_board", str(path), "--owner", "bob")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert "switched off" in refused("import_board", str(path), "--owner", "bob")


def test_a_file_larger_than_a_commit_is_told_in_parts(
    drawn: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.excalidraw"
    elements = [{**RECTANGLE, "id": f"e{n}"} for n in range(25)]
    path.write_text(json.dumps({"type": "excalidraw", "elements": elements}))
    monkeypatch.setattr(imports, "MAX_ELEMENTS", 10)
    _, told = run("import_board", str(path), "--owner", "alice")
    for done in ("10 of 25", "20 of 25", "25 of 25"):
        assert done in told


def test_a_program_of_its_own_says_errors_on_stderr_with_a_code() -> None:
    manage = Path(settings.BASE_DIR) / "manage.py"
    result = subprocess.run(
        [sys.executable, str(manage), "export_board", "nonsense"],
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert (result.returncode != 0, result.stdout) == (True, b"")
    assert b"nonsense" in result.stderr


def test_not_a_drawing_is_not_hidden() -> None:
    with pytest.raises(NotADrawingError):
        DrawingFile(io.BytesIO(b"[]"), lambda: None)
