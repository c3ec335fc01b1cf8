"""What visitors may repeat without end leaves a few rows in a while, not one each time."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.limits.refusals import RefusalError
from accounts.limits.repeated import (
    MAX_ROWS_PER_WINDOW,
    ROWS_WINDOW_SECONDS,
    has_enough_rows,
)
from accounts.tests.people import confirmed
from audit.actions import AuditAction, AuditVia
from audit.actor import Actor
from audit.models import AuditLog
from audit.origin import RequestOrigin
from audit.tests.actors import by
from boards.account_deletion.services import Plan, account_delete
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.limits.changes import count_board_change
from boards.models import Board, ShareLink, Space
from boards.sharing.links import share_link_create
from boards.sign_in.api import MAX_ROWS as MAX_TOKEN_ROWS
from boards.spaces.services import space_create
from boards.tests.factories import PASSWORD, client_of, make_board

pytestmark = pytest.mark.django_db


def told(action: str) -> int:
    return AuditLog.objects.filter(action=action).count()


def test_a_viewer_in_a_loop_does_not_fill_the_log(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, loop = make_board(alice, public=AccessLevel.VIEW), MAX_ROWS_PER_WINDOW + 5
    guest, viewer = client_of(None), client_of(bob)

    def tickets(client: Client, count: int, **extra: Any) -> None:
        for _ in range(count):
            client.post(f"/api/v1/boards/{board.pk}/ticket", **extra)

    def exports(client: Client, count: int) -> None:
        for _ in range(count):
            assert client.get(f"/api/v1/boards/{board.pk}/export").status_code == 200

    tickets(guest, loop)
    exports(viewer, loop)
    assert told("token_issue") == told("room_export") == MAX_ROWS_PER_WINDOW
    tickets(viewer, 1)
    tickets(guest, 1, REMOTE_ADDR="203.0.113.99")
    exports(client_of(alice), 1)
    assert told("token_issue") == MAX_ROWS_PER_WINDOW + 2, "others have rows of their own"
    assert told("room_export") == MAX_ROWS_PER_WINDOW + 1
    later = time.time() + ROWS_WINDOW_SECONDS
    monkeypatch.setattr("accounts.limits.throttle.time.time", lambda: later)
    tickets(guest, 1)
    assert told("token_issue") == MAX_ROWS_PER_WINDOW + 3


def test_a_link_that_is_opened_in_new_sessions_again_and_again_is_counted_each_time(
    alice: User,
) -> None:
    board = make_board(alice)
    link = share_link_create(board=board, level=AccessLevel.VIEW, by=by(alice))
    for _ in range(MAX_ROWS_PER_WINDOW + 5):
        Client().get(f"/board/{board.pk}", {"token": link_token(link)})
    assert told("share_link_use") == MAX_ROWS_PER_WINDOW
    assert ShareLink.objects.get().use_count == MAX_ROWS_PER_WINDOW + 5


def test_what_administrators_do_is_always_told(alice: User, dana: User) -> None:
    board, acting = make_board(alice), by(dana, via=AuditVia.ADMIN)
    for _ in range(MAX_ROWS_PER_WINDOW + 5):
        assert not has_enough_rows(AuditAction.ROOM_EXPORT, acting, str(board.pk))


Change = tuple[str, str, dict[str, Any]]


def changes_of(board: Board, space: Space) -> dict[str, list[Change]]:
    """What an owner can do again and again, with rows each time."""
    api, in_space, levels = (
        f"/api/v1/boards/{board.pk}",
        f"/api/v1/spaces/{space.pk}",
        ("view", "edit"),
    )
    shares: list[dict[str, Any]] = [{"user": "bob", "level": level} for level in levels]
    return {
        "lock": [("PUT", f"{api}/lock", {}), ("DELETE", f"{api}/lock", {})],
        "rename": [("PATCH", api, {"title": title}) for title in ("A", "B")],
        "trash": [("DELETE", api, {}), ("POST", f"{api}/restore", {})],
        "share": [("POST", f"{api}/permissions", one) for one in shares],
        "public": [("POST", f"{api}/permissions", {**one, "user": None}) for one in shares],
        "link": [("POST", f"{api}/links", {"level": level}) for level in levels],
        "move": [("PATCH", api, {"space": one}) for one in (str(space.pk), None)],
        "space": [("PATCH", in_space, {"name": name}) for name in ("C", "D")],
        "space members": [("POST", f"{in_space}/permissions", one) for one in shares],
    }


@pytest.mark.parametrize(
    "kind",
    ["lock", "rename", "trash", "share", "public", "link", "move", "space", "space members"],
)
def test_an_owner_who_changes_a_board_without_end_is_refused(
    alice: User, bob: User, settings: Settings, kind: str
) -> None:
    settings.CANVAS_BOARD_CHANGES_PER_HOUR = 4
    board, client = make_board(alice), client_of(alice)
    space = space_create(owner=alice, name="Team", by=by(alice))
    before = AuditLog.objects.count()
    answers = []
    for _ in range(8):
        for method, path, data in changes_of(board, space)[kind]:
            sent = client.generic(method, path, json.dumps(data), "application/json")
            answers.append(sent.status_code)
    assert set(answers[:2]) <= {200, 201, 204}, answers
    assert answers[-1] == 429, answers
    rows = AuditLog.objects.exclude(action__in=["room_access", "room_leave"]).count()
    assert rows - before <= 2 * settings.CANVAS_BOARD_CHANGES_PER_HOUR + 1


def test_who_changed_too_much_can_still_close_a_board(
    alice: User, bob: User, settings: Settings
) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT}, public=AccessLevel.VIEW)
    link = share_link_create(board=board, level=AccessLevel.VIEW, by=by(alice))
    settings.CANVAS_BOARD_CHANGES_PER_HOUR = 0
    api, client = f"/api/v1/boards/{board.pk}", client_of(alice)
    renamed = client.patch(api, {"title": "X"}, content_type="application/json")
    assert renamed.status_code == 429
    assert client.delete(f"{api}/links/{link.pk}").status_code == 204
    for permission in board.permissions.all():
        assert client.delete(f"{api}/permissions/{permission.pk}").status_code == 204
    assert client.put(f"{api}/lock").status_code == 200
    assert client.delete(api).status_code == 204


def test_who_changed_too_much_can_still_make_and_read_boards(
    alice: User, bob: User, settings: Settings
) -> None:
    """Both have limits of their own."""
    board = make_board(alice)
    link = share_link_create(board=board, level=AccessLevel.VIEW, by=by(alice))
    settings.CANVAS_BOARD_CHANGES_PER_HOUR = 0
    client = client_of(alice)
    made = client.post("/api/v1/boards", {"title": "X"}, content_type="application/json")
    assert made.status_code == 201
    assert client.get(f"/api/v1/boards/{board.pk}/export").status_code == 200
    entered = client_of(bob).get(f"/board/{board.pk}", {"token": link_token(link)})
    assert entered.headers["Location"] == f"/board/{board.pk}"


def test_changes_of_guests_are_counted_by_address(settings: Settings) -> None:
    settings.CANVAS_BOARD_CHANGES_PER_HOUR = 1
    one, other = (
        Actor(None, RequestOrigin(None, "", counted_as=name), AuditVia.PUBLIC) for name in "ab"
    )
    for guest in (one, other):
        count_board_change(AuditAction.ROOM_UPDATE, guest, level="")
        with pytest.raises(RefusalError):
            count_board_change(AuditAction.ROOM_UPDATE, guest, level="")


def test_an_account_of_more_boards_than_changes_can_still_end(
    alice: User, bob: User, settings: Settings
) -> None:
    for _ in range(3):
        make_board(alice)
    space_create(owner=alice, name="Team", by=by(alice))
    settings.CANVAS_BOARD_CHANGES_PER_HOUR = 0
    account_delete(user=alice, plan=Plan(successor=bob), by=by(alice))
    assert (Board.objects.filter(owner=bob).count(), bob.owned_spaces.count()) == (3, 1)
    account_delete(user=bob, plan=Plan(successor=None), by=by(bob))
    assert not Board.objects.exists()


MADE: dict[str, tuple[str, dict[str, Any]]] = {
    "tokens": ("/api/v1/tokens", {"name": "CI", "scopes": ["boards:edit"]}),
    "webhooks": (
        "/api/v1/webhooks",
        {"name": "CI", "url": "https://ci.example/hook", "events": ["board.created"]},
    ),
}


@pytest.mark.parametrize("kind", MADE)
def test_what_is_made_and_removed_without_end_is_refused(
    alice: User, settings: Settings, kind: str
) -> None:
    settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR = 4
    client, (path, data) = confirmed(alice), MADE[kind]
    made = []
    for _ in range(6):
        answer = client.post(path, data, content_type="application/json")
        made.append(answer.status_code)
        if answer.status_code == 201:
            assert client.delete(f"{path}/{answer.json()['id']}").status_code == 204
    assert made == [201] * 4 + [429] * 2


def test_access_tokens_and_signing_out_everywhere_leave_a_few_rows(alice: User) -> None:
    credentials = {"username": "alice", "password": PASSWORD}
    for _ in range(MAX_TOKEN_ROWS + 5):
        answer = Client().post("/api/v1/auth/token", credentials, content_type="application/json")
        assert answer.status_code == 200
    assert told("token_issue") == MAX_TOKEN_ROWS
    client = client_of(alice)
    for _ in range(MAX_ROWS_PER_WINDOW + 5):
        client.post("/account/sessions/end")
    assert told("auth_sessions_end") == MAX_ROWS_PER_WINDOW
    elsewhere = Client()
    elsewhere.post("/login", {**credentials, "next": "/"})
    client.post("/account/sessions/end")
    assert told("auth_sessions_end") == MAX_ROWS_PER_WINDOW + 1, "a session ended"
