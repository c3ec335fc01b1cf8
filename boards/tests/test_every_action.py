"""One table: every actor, every state of a board, every address and method, every admin action.

The expected answer of each cell follows from three small tables below, which know nothing of the
product's own code. An address, a method or an admin action without a row fails the suite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from audit.origin import SYSTEM_ORIGIN
from boards.admin import BoardAdmin
from boards.comments import author_of_user, thread_create
from boards.levels import AccessLevel
from boards.models import Board, BoardFile, BoardPermission, ShareLink
from boards.sharing import access_request_create, share_link_create
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.uploads import image_bytes
from boards.tokens import link_token

# --- the tables of what is expected: level of an actor by itself, what a state adds and takes

LEVELS = {
    "anonymous": 0,
    "stranger": 0,
    "viewer": 1,
    "commenter": 2,
    "editor": 3,
    "owner": 3,
    "staff": 3,
    "switched off": 0,
    "view link": 1,
    "comment link": 2,
    "edit link": 3,
    "expired link": 0,
    "revoked link": 0,
    "link of another board": 0,
}
SIGNED_IN = {"stranger", "viewer", "commenter", "editor", "owner", "staff"}
MANAGERS = {"owner", "staff"}
PUBLIC = {"private": 0, "public view": 1, "public comment": 2, "public edit": 3, "locked": 0}
STATES = [*PUBLIC, "trashed"]


def level_of(actor: str, state: str) -> int:
    """0 nothing, 1 view, 2 comment, 3 edit."""
    if state == "trashed":
        return 0
    level = max(LEVELS[actor], PUBLIC[state])
    return min(level, 2) if state == "locked" and actor not in MANAGERS else level


def api(need: int, ok: int, *, account: bool = True) -> Any:
    """REST: 401 where signing in could help, 404 for who sees nothing, 403 for too little."""

    def expected(actor: str, state: str) -> int:
        level = level_of(actor, state)
        if actor not in SIGNED_IN and (account or level == 0):
            return 401
        if level == 0:
            return 404
        return ok if level >= need else 403

    return expected


def api_managers(ok: int, *, in_trash: bool = False) -> Any:
    """REST for owners and staff; a board is either in the trash or out of it."""

    def expected(actor: str, state: str) -> int:
        if actor not in SIGNED_IN:
            return 401
        if actor not in MANAGERS:
            return 403 if level_of(actor, state) else 404
        return ok if (state == "trashed") is in_trash else 404

    return expected


def page(ok: int) -> Any:
    """A page for who sees the board; others are sent to sign in, or find nothing."""

    def expected(actor: str, state: str) -> int:
        if actor not in SIGNED_IN:
            return 302
        return ok if level_of(actor, state) else 404

    return expected


def page_managers(ok: int, *, in_trash: bool = False) -> Any:
    """A page for owners and staff."""

    def expected(actor: str, state: str) -> int:
        answer: int = api_managers(ok, in_trash=in_trash)(actor, state)
        return 302 if answer == 401 else answer

    return expected


def board_page(actor: str, state: str) -> int:
    """The board itself, also for people without an account."""
    if level_of(actor, state):
        return 200
    return 404 if actor in SIGNED_IN else 302


def public_page(actor: str, state: str) -> int:
    """The public link gives the same to everybody."""
    return 200 if PUBLIC.get(state, 0) else 404


def leave_api(actor: str, state: str) -> int:
    """Only who was given the board himself can give it back."""
    answer: int = api(1, 400)(actor, state)
    has_row = actor in {"viewer", "commenter", "editor"}
    return 204 if answer == 400 and has_row else answer


def always(answer: int, *, anonymous: int | None = None) -> Any:
    """The same whatever the board: nothing about it shows."""

    def expected(actor: str, state: str) -> int:
        return answer if actor in SIGNED_IN or anonymous is None else anonymous

    return expected


@dataclass(frozen=True)
class Row:
    """An address, a method, and what each cell of it answers."""

    name: str
    method: str
    expected: Any
    body: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def people_api(actor: str, state: str) -> int:
    """Who else was given the board is for those who were, and may comment."""
    answer: int = api(2, 200)(actor, state)
    return 403 if answer == 200 and actor == "stranger" else answer


COMMENT = {"anchor": {"x": 1, "y": 2}, "body": "Why?", "guest_name": "Gabi"}
REPLY = {"body": "Because", "guest_name": "Gabi"}


def own_comment(ok: int) -> Any:
    """The comment is the owner's: commenters may not touch it, the owner and staff differ."""

    def expected(actor: str, state: str) -> int:
        answer: int = api(2, ok, account=False)(actor, state)
        if answer != ok:
            return answer
        allowed = MANAGERS if ok == 204 else {"owner"}
        return ok if actor in allowed else 403

    return expected


TABLE = [
    Row("board", "GET", board_page),
    Row("public", "GET", public_page),
    Row("share", "GET", page_managers(200)),
    Row("share", "POST", page_managers(302), {"operation": "public", "level": "view"}),
    Row("board-activity", "GET", page_managers(200)),
    Row("link-password", "GET", always(404)),
    Row("link-password", "POST", always(404), {"password": "x"}),
    Row("request-access", "POST", always(302), {"level": "edit", "message": ""}),
    Row("board-leave", "POST", page(302)),
    Row("board-duplicate", "POST", page(302)),
    Row("board-rename", "POST", page_managers(302), {"title": "New"}),
    Row("board-trash", "POST", page_managers(302)),
    Row("board-restore", "POST", page_managers(302, in_trash=True)),
    Row("api-board", "GET", api(1, 200)),
    Row("api-board", "PATCH", api_managers(200), {"title": "New"}),
    Row("api-board", "DELETE", api_managers(204)),
    Row("api-board-restore", "POST", api_managers(200, in_trash=True)),
    Row("api-board-lock", "PUT", api_managers(200)),
    Row("api-board-lock", "DELETE", api_managers(204)),
    Row("api-board-transfer", "POST", api_managers(200), {"user": "editor"}),
    Row("api-board-leave", "POST", leave_api),
    Row("api-board-duplicate", "POST", api(1, 201)),
    Row("api-board-activity", "GET", api_managers(200)),
    Row("api-board-ticket", "POST", api(1, 201, account=False)),
    Row("api-links", "GET", api_managers(200)),
    Row("api-links", "POST", api_managers(201), {"level": "view"}),
    Row("api-link", "GET", api_managers(200)),
    Row("api-link", "DELETE", api_managers(204)),
    Row("api-access-requests", "GET", api_managers(200)),
    Row("api-access-requests", "POST", always(202, anonymous=401), {"level": "edit"}),
    Row("api-access-request", "POST", api_managers(200), {"level": None}),
    Row("api-people", "GET", people_api),
    Row("api-permissions", "GET", api_managers(200)),
    Row("api-permissions", "POST", api_managers(201), {"user": "extra", "level": "view"}),
    Row("api-permission", "GET", api_managers(200)),
    Row("api-permission", "PATCH", api_managers(200), {"level": "view"}),
    Row("api-permission", "DELETE", api_managers(204)),
    Row("api-files", "GET", api(1, 200, account=False)),
    Row("api-file", "GET", api(1, 200, account=False)),
    Row("api-file", "PUT", api(3, 200, account=False)),
    Row("api-comments", "GET", api(1, 200, account=False)),
    Row("api-comments", "POST", api(2, 201, account=False), COMMENT),
    Row("api-comment-thread", "GET", api(1, 200, account=False)),
    Row(
        "api-comment-thread",
        "PATCH",
        api(2, 200, account=False),
        {"is_resolved": True, "guest_name": "Gabi"},
    ),
    Row("api-comment-thread", "DELETE", own_comment(204)),
    Row("api-replies", "POST", api(2, 201, account=False), REPLY),
    Row("api-reply", "PATCH", own_comment(200), {"body": "Better"}),
    Row("api-reply", "DELETE", own_comment(204)),
]


# --- the world the table is about


@pytest.fixture
def people(alice: User, dana: User) -> dict[str, User]:
    names = ("stranger", "viewer", "commenter", "editor", "switched off", "extra", "asker")
    return {name: make_user(name) for name in names} | {"owner": alice, "staff": dana}


@pytest.fixture
def board(people: dict[str, User], files_dir: Path) -> Board:
    shared = {people[name]: AccessLevel(LEVELS[name]) for name in ("viewer", "commenter", "editor")}
    shared[people["switched off"]] = AccessLevel.EDIT
    board = make_board(people["owner"], shared_with=shared)
    row = BoardFile.objects.create(
        board=board, file_id="abc", mime="image/png", size_bytes=1, width=1, height=1
    )
    row.path.parent.mkdir(parents=True)
    row.path.write_bytes(image_bytes())
    access_request_create(
        board=board, user=people["asker"], level=AccessLevel.VIEW, origin=SYSTEM_ORIGIN
    )
    thread_create(
        board=board, anchor={"x": 0, "y": 0}, body="First", author=author_of_user(people["owner"])
    )
    return board


@pytest.fixture
def clients(people: dict[str, User], board: Board) -> dict[str, Client]:
    """A browser for every actor; those with links have opened them while they worked."""
    found = {actor: client_of(people.get(actor)) for actor in LEVELS}
    other = make_board(people["owner"], title="Other")
    for actor in LEVELS:
        if "link" not in actor:
            continue
        where = other if actor == "link of another board" else board
        word = actor.split()[0]
        level = AccessLevel.parse(word) if word in ("view", "comment", "edit") else AccessLevel.EDIT
        link = share_link_create(
            board=where, level=level, label=actor, actor=people["owner"], origin=SYSTEM_ORIGIN
        )
        found[actor].get(f"/board/{where.pk}", {"token": link_token(link)})
    past = timezone.now() - timedelta(seconds=1)
    ShareLink.objects.filter(label="expired link").update(expires_at=past)
    ShareLink.objects.filter(label="revoked link").update(revoked_at=past)
    User.objects.filter(username="switched off").update(is_active=False)
    return found


def enter_state(board: Board, state: str) -> None:
    if state.startswith("public"):
        level = state.split()[1]
        BoardPermission.objects.create(board=board, is_public=True, level=level)
    elif state != "private":
        column = {"locked": "locked_at", "trashed": "deleted_at"}[state]
        Board.objects.filter(pk=board.pk).update(**{column: timezone.now()})


def address_of(name: str, board: Board) -> str:
    thread = board.comment_threads.get()
    own: dict[str, dict[str, Any]] = {
        "api-link": {"link_id": board.share_links.get(label="view link").pk},
        "api-permission": {"permission_id": board.permissions.get(user__username="viewer").pk},
        "api-access-request": {"request_id": board.access_requests.get().pk},
        "api-file": {"file_id": "abc"},
        "api-comment-thread": {"thread_id": thread.pk},
        "api-replies": {"thread_id": thread.pk},
        "api-reply": {"thread_id": thread.pk, "comment_id": thread.comments.get().pk},
    }
    return reverse(name, kwargs={"board_id": board.pk, **own.get(name, {})})


def ask(client: Client, row: Row, board: Board) -> int:
    send = getattr(client, row.method.lower())
    path = address_of(row.name, board)
    if row.name == "api-file" and row.method == "PUT":
        code: int = send(path, image_bytes(), content_type="image/png").status_code
    elif row.method in ("GET", "DELETE") or not row.name.startswith("api-"):
        code = send(path, row.body).status_code
    else:
        code = send(path, row.body, content_type="application/json").status_code
    return code


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_every_actor_in_every_state(board: Board, clients: dict[str, Client], row: Row) -> None:
    wrong = []
    for state in STATES:
        for actor in LEVELS:
            cache.clear()  # no cell uses up what another one may do
            with transaction.atomic():
                enter_state(board, state)
                code = ask(clients[actor], row, board)
                transaction.set_rollback(True)
            if code != row.expected(actor, state):
                wrong.append((state, actor, code, row.expected(actor, state)))
    assert wrong == []


# --- nothing is left out


def board_routes(patterns: Any = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from board_routes(pattern.url_patterns)
        elif "board_id" in str(pattern.pattern) and pattern.name:
            module = getattr(pattern.callback, "cls", pattern.callback).__module__
            if module.startswith("boards."):
                yield pattern


def test_every_address_and_method_has_a_row() -> None:
    rows = {(row.name, row.method) for row in TABLE}
    for route in board_routes():
        view = getattr(route.callback, "cls", None)
        methods = ("get", "post", "put", "patch", "delete")
        handled = [method for method in methods if hasattr(view, method)] if view else []
        for method in handled:
            assert (route.name, method.upper()) in rows, f"add a row for {method} {route.name}"
        assert route.name in {name for name, _ in rows}, f"add a row for {route.name}"


# --- the admin

ADMIN_ACTIONS = {
    "move_to_trash": "deleted_at",
    "restore_from_trash": None,
    "lock": "locked_at",
    "unlock": None,
    "make_private": None,
    "transfer": None,
}


def test_every_admin_action_has_a_row() -> None:
    assert set(BoardAdmin.actions or ()) == set(ADMIN_ACTIONS)


@pytest.mark.parametrize("action", ADMIN_ACTIONS)
def test_admin_actions_are_for_staff_with_the_permission(
    board: Board, people: dict[str, User], action: str
) -> None:
    helper = make_user("helper")
    helper.is_staff = True
    helper.save()
    data = {"action": action, "_selected_action": [str(board.pk)]}
    version = Board.objects.get(pk=board.pk).access_version
    for user, code in ((None, 302), (people["editor"], 302), (helper, 403)):
        assert client_of(user).post("/admin/boards/board/", data).status_code == code
    assert Board.objects.get(pk=board.pk).access_version == version
    done = 200 if action == "transfer" else 302  # it asks to whom first
    assert client_of(people["staff"]).post("/admin/boards/board/", data).status_code == done
    column = ADMIN_ACTIONS[action]
    if column:
        fresh = Board.objects.get(pk=board.pk)
        assert getattr(fresh, column) is not None
        assert fresh.access_version > version
