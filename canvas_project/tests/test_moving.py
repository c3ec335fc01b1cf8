"""What archives carry and leave out, and which ones are refused."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from boards.models import Board, Comment, ShareLink
from canvas_project.moving import archive_reading, archive_writing
from canvas_project.moving.archive_writing import file_of
from canvas_project.moving.carried import AUDIT, CARRIED, LEFT_OUT, SECRETS, label_of, model_of
from sync.models import DocumentUpdate
from tests.installations import fill

Change = Callable[[Path], None]


def test_every_model_is_carried_or_left_out_with_a_reason() -> None:
    models = {label_of(model) for model in apps.get_models(include_auto_created=True)}
    said = [*CARRIED, *AUDIT, *LEFT_OUT]
    assert len(said) == len(set(said))
    assert models - set(said) == set(), "name it in canvas_project/moving/carried.py"
    assert set(said) - models == set(), "these do not exist any more"
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())


def test_hashes_of_passwords_and_keys_are_named_as_secrets() -> None:
    for label in CARRIED:
        names = {field.name for field in model_of(label)._meta.concrete_fields}
        found = {n for n in names if "password" in n or "secret" in n or "token" in n}
        assert found <= SECRETS.get(label, set()), f"{label}: say that these are secrets"


@pytest.fixture
def exported(db: None, settings: Settings, tmp_path: Path) -> Path:
    """An archive of a small installation, which is empty again."""
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    settings.CANVAS_DATA_DIR = tmp_path
    point = transaction.savepoint()
    fill(4)
    for label in CARRIED:
        assert model_of(label)._base_manager.exists(), f"tests/installations.py makes no {label}"
    call("export_all", tmp_path / "out")
    kept = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert b"mfa.authenticator" not in kept["installation.jsonl"]
    transaction.savepoint_rollback(point)
    assert not Board.objects.exists()
    return tmp_path / "out"


def call(name: str, *arguments: Any) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def test_without_passwords_nobody_and_no_link_is_open(exported: Path) -> None:
    for path in exported.rglob("*.json*"):
        assert b"md5$" not in path.read_bytes(), path
    assert "Passwords were left out" in call("import_all", exported)
    assert not any(user.has_usable_password() for user in User.objects.all())
    link = ShareLink.objects.exclude(password_hash="").get()
    assert link.has_password
    assert not link.is_password("a secret")
    rows = AuditLog.objects.filter(action="installation_import").order_by("pk")
    assert [row.data["what"] for row in rows] == ["begin", "end"]
    assert all(row.actor_label.startswith("import_all (") for row in rows)
    assert Comment.objects.get(body__contains="☂").mentions.get().username == "editor"


def test_a_dry_run_changes_nothing(exported: Path) -> None:
    before = AuditLog.objects.count()
    assert "4 boards" in call("import_all", exported, "--dry-run")
    assert (Board.objects.count(), User.objects.count()) == (0, 0)
    assert AuditLog.objects.count() == before


def test_an_installation_in_use_is_left_alone(exported: Path) -> None:
    User.objects.create(username="somebody")
    with pytest.raises(CommandError, match="has 1 people already"):
        call("import_all", exported)
    assert User.objects.count() == 1


def edited(exported: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    path = exported / name
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(json.dumps(value))


def newer(exported: Path) -> None:
    edited(exported, "manifest.json", lambda it: it.update(version=2, product="9.9"))


def foreign(exported: Path) -> None:
    edited(exported, "manifest.json", lambda it: it.update(format="tar"))


def unfinished(exported: Path) -> None:
    (exported / "manifest.json").rename(exported / "unfinished.json")


def nothing(exported: Path) -> None:
    (exported / "manifest.json").unlink()


def changed_people(exported: Path) -> None:
    path = exported / "installation.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"alice"', b'"mallo"'))


def traversal(exported: Path) -> None:
    line = json.dumps({"id": "../../etc", "title": "", "entry": file_of(b"").as_json()})
    (exported / "boards.jsonl").write_text(line + "\n")
    sign(exported, "boards.jsonl")


def too_big(exported: Path) -> None:
    edited(exported, "manifest.json", lambda it: it.update(bytes=10**18))


def sign(exported: Path, name: str) -> None:
    """As somebody would who makes an archive by hand."""
    own = file_of((exported / name).read_bytes()).as_json()
    edited(exported, "manifest.json", lambda it: it["files"].update({name: own}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (newer, r"made by a newer version \(9.9\)"),
        (foreign, "no archive of export_all"),
        (nothing, "no archive of export_all"),
        (unfinished, "is not complete"),
        (changed_people, "installation.jsonl has changed"),
        (traversal, "names something that is no board"),
        (too_big, "are free in"),
    ],
)
def test_what_is_no_whole_archive_is_refused(exported: Path, change: Change, words: str) -> None:
    change(exported)
    with pytest.raises(CommandError, match=words):
        call("import_all", exported)
    assert not Board.objects.exists()


def board_with_rows(exported: Path, change: Callable[[list[dict[str, Any]]], None]) -> str:
    """Changes the rows of one board, and every checksum above them."""
    path = next(p for p in (exported / "boards").iterdir() if b"sync.version" in rows_in(p))
    rows = [json.loads(line) for line in rows_in(path).splitlines()]
    change(rows)
    (path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    own = file_of((path / "rows.jsonl").read_bytes()).as_json()
    edited(path, "board.json", lambda it: it["files"].update({"rows.jsonl": own}))
    entry = file_of((path / "board.json").read_bytes()).as_json()
    lines = [json.loads(line) for line in (exported / "boards.jsonl").read_text().splitlines()]
    for line in lines:
        if line["id"] == path.name:
            line["entry"] = entry
    (exported / "boards.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    sign(exported, "boards.jsonl")
    return path.name


def rows_in(board: Path) -> bytes:
    return (board / "rows.jsonl").read_bytes()


def set_all(label: str, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
    def change(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["model"] == label:
                row["row"].update(values)

    return change


def add(label: str, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda rows: rows.append({"model": label, "row": values})


OTHER = "00000000-0000-4000-8000-000000000000"
HARMFUL: dict[str, tuple[Callable[[list[dict[str, Any]]], None], str]] = {
    "bytes that are no update": (set_all("sync.documentupdate", payload="AQEBAQEB"), ""),
    "a document with a gap": (set_all("boards.board", head_seq=7), "rows are missing"),
    "rows of another board": (set_all("sync.version", board_id=OTHER), "belongs to something else"),
    "another board": (set_all("boards.board", id=OTHER), "."),
    "a table that is not for boards": (add("auth.user", id=1), "where none can be"),
    "an image outside": (set_all("boards.boardfile", file_id="../x"), "of a kind that no board"),
    "a page as an image": (set_all("boards.boardfile", mime="text/html"), "of a kind that no"),
    "somebody who is not there": (set_all("boards.board", owner_id=9999), ""),
    "a column more": (set_all("boards.board", extra=1), "other columns"),
    "an unknown level": (set_all("boards.boardpermission", level="owner"), ""),
    "a number that is none": (
        set_all("boards.commentthread", anchor={"x": float("inf"), "y": 0}),
        "anchor of boards.commentthread",
    ),
    "a null character": (set_all("boards.board", title="a\0b"), "title of boards.board"),
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_harmful_board_is_refused_and_the_others_come(exported: Path, kind: str) -> None:
    change, words = HARMFUL[kind]
    board = board_with_rows(exported, change)
    out = io.StringIO()
    with pytest.raises(CommandError, match="Not everything was taken"):
        call_command("import_all", str(exported), stdout=out, stderr=out)
    assert f"{board}: " in out.getvalue()
    assert words in out.getvalue()
    assert "3 boards were imported" in out.getvalue()
    assert not Board.objects.filter(pk=board).exists()
    assert Board.objects.count() == 3
    assert not (exported.parent / "files" / board.replace("-", "")).exists()


def test_a_damaged_board_comes_when_asked_for(exported: Path) -> None:
    board = board_with_rows(exported, set_all("boards.board", head_seq=7))
    call("import_all", exported, "--with-damaged")
    assert Board.objects.get(pk=board).head_seq == 7


def test_a_link_in_a_directory_is_not_followed(exported: Path) -> None:
    secret = exported.parent / "secret"
    (exported / "installation.jsonl").rename(secret)
    (exported / "installation.jsonl").symlink_to(secret)
    with pytest.raises(CommandError, match="is a link to somewhere else"):
        call("import_all", exported)


def test_a_zip_with_an_endless_list_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("manifest.json", "{}")
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, len(data) - 22 + 12, archive_reading.MAX_DIRECTORY_BYTES + 1)
    path.write_bytes(data)
    with pytest.raises(CommandError, match="more files than an archive can"):
        call("import_all", path)


def test_a_zip_that_unpacks_to_more_than_it_says_is_refused(exported: Path) -> None:
    with (exported / "audit.jsonl").open("ab") as file:
        file.write(b" " * 50_000_000)
    path = exported.parent / "bomb.zip"
    archive_writing.pack(exported, path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(CommandError, match="larger than its list says"):
        call("import_all", path)
    assert not User.objects.exists()


def test_a_directory_with_something_else_is_left_alone(db: None, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(CommandError, match="holds something else"):
        call("export_all", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


def test_a_board_that_changed_is_exported_again(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    world = fill(4)
    assert "4 boards were exported" in call("export_all", tmp_path / "out")
    assert "0 boards were exported" in call("export_all", tmp_path / "out")
    Comment.objects.update(body="Changed")
    assert "1 boards were exported" in call("export_all", tmp_path / "out")
    gone = Board.objects.exclude(pk=world.board.pk).filter(deleted_at=None).first()
    assert gone is not None
    DocumentUpdate.objects.filter(board=gone).delete()
    gone.delete()
    assert "3 boards" in call("export_all", tmp_path / "out")
    assert not (tmp_path / "out" / "boards" / str(gone.pk)).exists()
