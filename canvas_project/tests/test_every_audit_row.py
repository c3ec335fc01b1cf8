"""What each address, method and management command leaves in the audit log.

An address, method, admin action or command without an entry here fails: adding one means saying
what the log records. Every entry with rows is run as the owner.
"""

from __future__ import annotations

import io
import json
import os
import pwd
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command, get_commands
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.tests.test_retention import write_row
from boards.models import Board, BoardPermission, Comment, Visit
from boards.tests import test_every_action as of_boards
from boards.tests import test_every_space_action as of_spaces
from boards.tests.matrix import Row
from boards.tests.uploads import image_bytes
from boards.tests.world import World, address_of, ask, make_world
from boards.visits import record as visits
from canvas_project.tests import account_addresses
from canvas_project.tests import test_every_address as of_nothing
from canvas_project.tests.audit_rows import EXPECTED, NONE, VISIT, wrote
from canvas_project.tests.test_every_admin_action import BOARD_ACTIONS
from sync.management.commands import repair_board
from sync.programs.versions import version_create
from sync.tests import test_every_action as of_documents


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    write_row(200, monkeypatch)  # for `prune_audit_log`
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "sw.js").write_text("// the service worker")
    made = make_world()
    of_documents.draw(made.board, made.people["owner"])
    version_create(board=made.board, name="First", author=made.people["owner"])
    Visit.objects.all().delete()
    return made


def rows_of(do: Callable[[], Any]) -> list[AuditLog]:
    """The rows that a call leaves; its effects are rolled back."""
    cache.clear()
    with transaction.atomic():
        last = AuditLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        do()
        rows = list(AuditLog.objects.filter(pk__gt=last).order_by("pk"))
        transaction.set_rollback(True)
    return rows


def told_of(do: Callable[[], Any]) -> list[str]:
    """Their actions, and what was written."""
    return [
        f"{row.action} {row.data['what']}" if row.action == "room_write" else row.action
        for row in rows_of(do)
    ]


def paths_of(world: World) -> dict[str, str]:
    return {
        **of_nothing.addresses(),
        **account_addresses.addresses(),
        **of_documents.addresses_of(world.board, are_drawn=True),
        **of_spaces.addresses_of(world),
        **{row.name: address_of(row.name, world.board) for row in of_boards.TABLE},
    }


def prepare(world: World, row: Row) -> None:
    """The state in which the owner may do it."""
    state = {}
    if row.name.endswith("board-restore"):
        state = {"deleted_at": timezone.now()}
    if str(row) == "DELETE api-board-lock":
        state = {"locked_at": timezone.now()}
    if state:
        Board.objects.filter(pk=world.board.pk).update(**state)


def test_every_address_and_method_leaves_the_rows_of_its_entry(world: World) -> None:
    rows = [row for table in of_nothing.TABLES for row in table]
    assert {(row.name, row.method) for row in rows} == EXPECTED.keys(), "say what the log tells"
    paths, wrong = paths_of(world), []
    signed_out = {("api-token", "POST")}
    for row in sorted(rows, key=lambda row: row.name == "logout"):  # then nobody is signed in
        key = (row.name, row.method)
        owner = "space owner" if row in of_spaces.TABLE else "owner"
        client = world.clients["anonymous" if key in signed_out else owner]

        def do(row: Row = row, client: Client = client) -> None:
            prepare(world, row)
            ask(client, row, paths[row.name])

        found = told_of(do)
        if found != EXPECTED[key]:
            wrong.append((str(row), found, EXPECTED[key]))
    assert wrong == [], "\n".join(map(str, wrong))


OTHERS: dict[tuple[str, str, str], tuple[Any, list[str]]] = {
    ("viewer", "board-leave", "POST"): ({}, ["permission_change"]),
    ("viewer", "api-board-leave", "POST"): ({}, [*VISIT, "permission_change"]),
    ("stranger", "request-access", "POST"): ({"level": "edit", "message": ""}, ["access_request"]),
    ("stranger", "api-access-requests", "POST"): ({"level": "edit"}, ["access_request"]),
    ("stranger", "board", "GET"): ({}, ["room_access_denied"]),
    ("stranger", "api-elements", "POST"): ({}, ["room_access_denied"]),
    ("viewer", "share", "GET"): ({}, ["room_access_denied"]),
    ("anonymous", "login", "POST"): (of_nothing.SIGN_IN, ["auth_login"]),
    ("anonymous", "api-token", "POST"): (of_nothing.SIGN_IN, ["token_issue"]),
    ("edit link", "api-comments", "POST"): (of_boards.COMMENT, wrote("comment")),
    ("editor", "api-elements", "POST"): (
        {"create": [{**of_documents.RECTANGLE, "id": "n1"}], "delete": ["e1"]},
        wrote("elements_create", "elements_delete"),
    ),
    ("editor", "api-permission", "PATCH"): ({"level": "edit"}, ["room_access_denied"]),
    ("owner", "api-permission", "PATCH"): ({"level": "edit"}, ["permission_change"]),
}


@pytest.mark.parametrize(("actor", "name", "method"), OTHERS)
def test_others_leave_these_rows(world: World, actor: str, name: str, method: str) -> None:
    body, expected = OTHERS[actor, name, method]
    row = Row(name, method, lambda *_: 200, body)
    path = paths_of(world)[name]
    assert told_of(lambda: ask(world.clients[actor], row, path)) == expected


def test_a_new_image_and_the_public_link(world: World) -> None:
    path = f"/api/v1/boards/{world.board.pk}/files/new"
    row = Row("api-file", "PUT", lambda *_: 201, image_bytes(), "image/png")
    assert told_of(lambda: ask(world.clients["owner"], row, path)) == wrote("image")

    def come() -> None:
        BoardPermission.objects.create(board=world.board, is_public=True, level="view")
        world.clients["anonymous"].get(f"/board/{world.board.pk}/public")

    assert told_of(come) == VISIT


ADMIN = {
    "move_to_trash": ["room_delete"],
    "restore_from_trash": NONE,
    "lock": ["room_lock"],
    "unlock": NONE,
    "make_private": ["share_link_revoke"],
    "transfer": ["ownership_transfer"],
    "disconnect": ["room_disconnect"],
    "compact": ["room_compact"],
    "export": ["room_export"],
}


def test_every_action_of_the_admin_leaves_the_rows_of_its_entry(world: World) -> None:
    assert ADMIN.keys() == BOARD_ACTIONS.keys()
    data = {"_selected_action": [str(world.board.pk)], "confirmed": "yes"}
    data |= {"user": "editor"}
    for action, expected in ADMIN.items():
        asked = {**data, "action": action}
        rows = rows_of(lambda asked=asked: world.clients["staff"].post(BOARDS, asked))  # type: ignore[misc]
        assert sorted({row.action for row in rows}) == expected, action
        assert all((row.via, row.actor_label) == ("admin", "dana") for row in rows), action


BOARDS = "/admin/boards/board/"
OURS = {"accounts", "audit", "boards", "canvas_project", "sync"}
UPKEEP = {
    *("run_daily_jobs", "serve", "upgrade_database"),
    *("purge_notifications", "purge_sessions", "purge_set_aside"),
    *("reindex_search", "verify_audit_log"),
}
"""Commands that show nobody a board and change none; `docs/audit.md` names them."""
EMPTY_ONLY = {"import_all", "move_database"}
"""They need an empty installation; `test_moving.py` and `tests/test_moving.py` see their rows."""


def test_every_command_leaves_the_rows_of_its_entry(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A separate process does not see what a test has not committed.
    monkeypatch.setattr(repair_board, "_loads", lambda *_: True)
    board, file = str(world.board.pk), tmp_path / "x.excalidraw"
    file.write_text(json.dumps(of_documents.DRAWING))
    commands: dict[str, tuple[list[str], list[str]]] = {
        "export_board": ([board], ["room_export"]),
        "import_board": ([str(file), "--owner", "alice"], ["room_create", "room_import"]),
        "export_all": ([str(tmp_path / "all")], ["installation_export"]),
        "create_demo": (
            [],
            ["permission_change", "public_access_change", "room_create"],
        ),
        "compact_boards": (["--board", board], ["room_compact"]),
        "repair_board": (["--board", board], ["room_write"]),
        "delete_account": (
            ["viewer"],
            ["account_delete", "auth_sessions_end", "permission_change"],
        ),
        "purge_trash": (["--days", "0"], ["room_purge"]),
        "prune_audit_log": (["--days", "1"], ["audit_prune"]),
    }
    ours = {name for name, app in get_commands().items() if app in OURS}
    assert ours == commands.keys() | UPKEEP | EMPTY_ONLY, "say what the log tells of it"
    me = pwd.getpwuid(os.getuid()).pw_name
    for name, (args, expected) in commands.items():
        rows = rows_of(lambda name=name, args=args: run(world, name, *args))  # type: ignore[misc]
        assert sorted({row.action for row in rows}) == expected, name
        for row in rows:
            assert (row.via, row.actor_label) == ("command", f"{name} ({me})"), name
            assert (row.actor, row.actor_kind) == (None, "system"), name


def test_upkeep_is_named_in_the_documentation_and_leaves_nothing(world: World) -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "audit.md").read_text()
    assert all(f"`{name}`" in text for name in UPKEEP)
    for name in ("purge_sessions", "purge_set_aside", "verify_audit_log"):
        assert told_of(lambda name=name: run(world, name)) == NONE, name  # type: ignore[misc]
    dry = ("compact_boards", "--dry-run")
    assert told_of(lambda: run(world, *dry)) == NONE


def run(world: World, name: str, *args: str) -> None:
    if name == "purge_trash":
        past = timezone.now() - timedelta(days=1)
        Board.objects.filter(pk=world.board.pk).update(deleted_at=past)
    out = io.StringIO()
    call_command(name, *args, stdout=out, stderr=out)


def state_of(board: Board) -> list[Any]:
    """All that requests write to a board."""
    fresh = Board.objects.get(pk=board.pk)
    comments = Comment.objects.order_by("pk").values_list("pk", "body", "thread__resolved_at")
    versions = fresh.versions.order_by("pk").values_list("pk", "name")
    return [fresh.head_seq, fresh.image_bytes, list(comments), list(versions)]


def test_no_write_happens_without_its_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(action: str, *_: Any) -> None:
        if action == "room_write":
            raise RuntimeError

    monkeypatch.setattr(visits, "visit_row", fails)
    paths, before, tried = paths_of(world), state_of(world.board), 0
    for row in (row for table in of_nothing.TABLES for row in table):
        if any(one.startswith("room_write") for one in EXPECTED[row.name, row.method]):
            tried += 1
            with pytest.raises(RuntimeError):
                ask(world.clients["owner"], row, paths[row.name])
            assert state_of(world.board) == before, str(row)
    image = Row("api-file", "PUT", lambda *_: 201, image_bytes(), "image/png")
    with pytest.raises(RuntimeError):
        ask(world.clients["owner"], image, paths["api-file"].replace("abc", "new"))
    assert state_of(world.board) == before
    assert tried >= 9
