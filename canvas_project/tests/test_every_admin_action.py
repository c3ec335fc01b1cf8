"""Every page and every action of the admin: what superusers may, and that nobody else gets there.

A model, an action or an address of the admin without a row fails.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from boards.models import Board, ShareLink
from boards.tests.factories import client_of, make_user
from boards.tests.matrix import LEVELS
from boards.tests.world import World, make_world
from sync.programs.versions import version_create
from sync.tests.test_every_action import draw

READ_ONLY = {"view"}
EVERYTHING = {"view", "add", "change", "delete"}
MODELS = {
    "boards.board": {"view", "add", "change"},
    "boards.boardfile": READ_ONLY,
    "boards.space": READ_ONLY,
    "boards.sharelink": READ_ONLY,
    "boards.accessrequest": READ_ONLY,
    "boards.invitation": READ_ONLY,
    "boards.libraryitem": {"view", "change", "delete"},
    "boards.commentthread": READ_ONLY,
    "sync.documentupdate": READ_ONLY,
    "sync.documentsnapshot": READ_ONLY,
    "sync.jobattempt": READ_ONLY,
    "sync.loadattempt": READ_ONLY,
    "sync.version": READ_ONLY,
    "accounts.apitoken": READ_ONLY,
    "accounts.serviceaccount": {"view", "add", "change"},
    "boards.webhook": READ_ONLY,
    "audit.auditlog": READ_ONLY,
    "auth.user": EVERYTHING,
    "auth.group": EVERYTHING,
}
"""What a superuser may do with the rows of each."""
BOARD_ACTIONS = {
    "move_to_trash": "deleted_at",
    "restore_from_trash": None,
    "lock": "locked_at",
    "unlock": None,
    "make_private": None,
    "transfer": None,
    "disconnect": None,
    "compact": None,
    "export": None,
}
"""And which time each action sets on a board."""
ASK_FIRST = {"make_private", "transfer", "disconnect"}
ANSWER = dict.fromkeys((*ASK_FIRST, "export"), 200)
"""A question, or a file; the list again after all others."""
ACTIONS: dict[str, set[str]] = {
    "boards.board": set(BOARD_ACTIONS),
    "boards.sharelink": {"revoke"},
    "accounts.apitoken": {"revoke"},
    "boards.webhook": {"switch_off"},
    "boards.invitation": {"withdraw"},
    "boards.libraryitem": {"delete_selected"},
    "sync.version": {"restore"},
    "auth.user": {"delete_selected", "sign_out", "remove_second_factor"},
    "auth.group": {"delete_selected"},
}
OTHER_PAGES = {
    "index",
    "app_list",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "autocomplete",
    "jsi18n",
    "view_on_site",
    "auth_user_password_change",
    "audit_auditlog_export",
    "accounts_serviceaccount_token",
}
GENERATED = ("changelist", "add", "change", "delete", "history")


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path
    made = make_world()
    draw(made.board, made.people["owner"])
    version_create(board=made.board, name="First", author=made.people["owner"])
    return made


@pytest.fixture
def helper(world: World) -> User:
    """Staff without any permission."""
    user = make_user("helper")
    user.is_staff = True
    user.save()
    return user


def admin_routes(patterns: Any) -> set[str]:
    names: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            names |= admin_routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            names.add(pattern.name)
    return names


def test_everything_has_a_row() -> None:
    registered = {model._meta.label_lower: one for model, one in admin.site._registry.items()}
    assert registered.keys() == MODELS.keys()
    pages = {f"{label.replace('.', '_')}_{page}" for label in MODELS for page in GENERATED}
    root = next(one for one in get_resolver().url_patterns if str(one.pattern) == "admin/")
    assert admin_routes([root]) == pages | OTHER_PAGES


def admin_paths(patterns: Any, prefix: str = "/admin/") -> set[str]:
    """Some address of every route of the admin."""
    paths: set[str] = set()
    for pattern in patterns:
        route = prefix + re.sub(r"<[^>]+>", "1", str(pattern.pattern))
        paths |= (
            admin_paths(pattern.url_patterns, route)
            if hasattr(pattern, "url_patterns")
            else {route}
        )
    return paths


def test_no_address_is_open_to_who_is_not_signed_in(db: None) -> None:
    client = client_of(None)
    root = next(one for one in get_resolver().url_patterns if str(one.pattern) == "admin/")
    paths = admin_paths(root.url_patterns)  # type: ignore[union-attr]
    assert len(paths) > 70
    for path in paths - {"/admin/login/"}:
        for method in ("get", "post", "put", "delete"):
            answer = getattr(client, method)(path.replace("^", "").replace("(?P<url>.*)$", "x"))
            assert answer.status_code == 302, (method, path)
            assert "login" in answer["Location"], (method, path)


def test_every_action_has_a_row(world: World) -> None:
    request = client_of(world.people["staff"]).get("/admin/").wsgi_request
    for model, one in admin.site._registry.items():
        label = model._meta.label_lower
        assert set(one.get_actions(request)) == ACTIONS.get(label, set()), label


def addresses_of(label: str) -> dict[str, str]:
    base = f"/admin/{label.replace('.', '/')}/"
    row = apps.get_model(label).objects.order_by("pk").first()
    own = {} if row is None else {"change": f"{base}{row.pk}/change/"}
    if row is not None:
        own |= {"delete": f"{base}{row.pk}/delete/", "history": f"{base}{row.pk}/history/"}
    return {"view": base, "add": f"{base}add/", **own}


def statuses(client: Client, label: str) -> dict[str, int]:
    return {what: client.get(path).status_code for what, path in addresses_of(label).items()}


def test_the_pages_are_for_staff_with_the_permission(world: World, helper: User) -> None:
    for label in MODELS:
        _check_pages(world, helper, label)


def _check_pages(world: World, helper: User, label: str) -> None:
    for actor in LEVELS:
        if actor != "staff":
            assert set(statuses(world.clients[actor], label).values()) == {302}, actor
    assert set(statuses(client_of(helper), label).values()) == {403}
    may = MODELS[label]
    for what, code in statuses(world.clients["staff"], label).items():
        needed = "view" if what in ("change", "history") else what
        assert code == (200 if needed in may else 403), what
    for what in ("add", "change", "delete"):
        path = addresses_of(label).get(what)
        if path and what not in may:
            answer = world.clients["staff"].post(path, {"post": "yes"})
            assert answer.status_code == 403, what


def test_board_actions_are_for_staff_with_the_permission(world: World, helper: User) -> None:
    for action in BOARD_ACTIONS:
        with transaction.atomic():
            _check_board_action(world, helper, action)
            transaction.set_rollback(True)


def _check_board_action(world: World, helper: User, action: str) -> None:
    data = {"action": action, "_selected_action": [str(world.board.pk)]}
    version = Board.objects.get(pk=world.board.pk).access_version
    for actor in LEVELS:
        if actor != "staff":
            answer = world.clients[actor].post("/admin/boards/board/", data)
            assert answer.status_code == 302, (action, actor)
    assert client_of(helper).post("/admin/boards/board/", data).status_code == 403
    assert Board.objects.get(pk=world.board.pk).access_version == version
    answer = world.clients["staff"].post("/admin/boards/board/", data)
    assert answer.status_code == ANSWER.get(action, 302), action
    if action in ASK_FIRST:
        assert Board.objects.get(pk=world.board.pk).access_version == version
    column = BOARD_ACTIONS[action]
    if column:
        fresh = Board.objects.get(pk=world.board.pk)
        assert getattr(fresh, column) is not None
        assert fresh.access_version > version


def test_links_are_revoked_by_staff_with_the_permission(world: World, helper: User) -> None:
    link = ShareLink.objects.get(label="edit link")
    data = {"action": "revoke", "_selected_action": [str(link.pk)]}
    for actor in LEVELS:
        if actor != "staff":
            world.clients[actor].post("/admin/boards/sharelink/", data)
    assert client_of(helper).post("/admin/boards/sharelink/", data).status_code == 403
    link.refresh_from_db()
    assert link.revoked_at is None
    world.clients["staff"].post("/admin/boards/sharelink/", data)
    link.refresh_from_db()
    assert link.revoked_at is not None


def test_the_audit_log_is_exported_to_staff_with_the_permission(world: World, helper: User) -> None:
    path = "/admin/audit/auditlog/export/jsonl"
    for actor in LEVELS:
        if actor != "staff":
            assert world.clients[actor].post(path).status_code == 302, actor
    assert client_of(helper).post(path).status_code == 403
    assert not AuditLog.objects.filter(action="audit_export").exists()
    response = world.clients["staff"].post(path)
    assert response.status_code == 200
    assert AuditLog.objects.filter(action="audit_export").count() == 1
