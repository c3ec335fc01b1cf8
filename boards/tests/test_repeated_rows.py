"""What visitors may repeat without end leaves a few rows in a while, not one each time."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.actions import AuditAction, AuditVia
from audit.models import AuditLog
from audit.tests.actors import by
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import ShareLink
from boards.sharing.links import share_link_create
from boards.tests.factories import client_of, make_board
from boards.visits.repeated import MAX_ROWS_PER_WINDOW, ROWS_WINDOW_SECONDS, is_repeated

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
        assert not is_repeated(AuditAction.ROOM_EXPORT, board.pk, acting)
