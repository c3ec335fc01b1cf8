"""Links with a password: who is asked for it, where, and how often."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.models import AuditLog
from boards.models import Board, ShareLink
from boards.tests.factories import client_of, make_board
from boards.tests.links import enter, expire, make_link, revoke

# --- passwords


def test_the_password_is_asked_for_and_guessing_is_limited(board: Board) -> None:
    link = make_link(board, password="open sesame")
    assert "sesame" not in link.password_hash
    client, response = enter(board, link)
    asking = f"/board/{board.pk}/link"
    assert response["Location"] == asking
    assert client.get(f"/board/{board.pk}").status_code == 302
    page = client.get(asking)
    assert page.status_code == 200
    assert board.title not in page.content.decode()
    for _ in range(10):
        wrong = client.post(asking, {"password": "guess"})
        assert wrong.status_code == 422
    blocked = client.post(asking, {"password": "open sesame"})
    assert (blocked.status_code, blocked["Retry-After"]) == (429, "300")
    assert client.get(f"/board/{board.pk}").status_code == 302


def test_the_right_password_opens_the_board(board: Board) -> None:
    link = make_link(board, password=" open sesame ")
    client, _ = enter(board, link)
    done = client.post(f"/board/{board.pk}/link", {"password": " open sesame "})
    assert done["Location"] == f"/board/{board.pk}"
    assert client.get(f"/board/{board.pk}").status_code == 200
    assert "sesame" not in str(list(AuditLog.objects.values()))


def trash(link: ShareLink) -> None:
    Board.objects.filter(pk=link.board_id).update(deleted_at=timezone.now())


@pytest.mark.parametrize("end", [revoke, expire, trash])
def test_a_link_that_ends_while_its_password_is_asked_for_is_not_opened(
    board: Board, end: Any
) -> None:
    link = make_link(board, password="open sesame")
    client, _ = enter(board, link)
    asking = f"/board/{board.pk}/link"
    assert client.get(asking).status_code == 200
    end(link)
    assert client.get(asking).status_code == 404
    assert client.post(asking, {"password": "open sesame"}).status_code == 404
    assert ShareLink.objects.get().use_count == 0


def test_the_password_of_a_link_is_asked_for_at_its_board_alone(board: Board, alice: User) -> None:
    other = make_board(alice)
    client, _ = enter(board, make_link(board, password="open sesame"))
    asking = f"/board/{other.pk}/link"
    assert client.get(asking).status_code == 404
    assert client.post(asking, {"password": "open sesame"}).status_code == 404


def test_nobody_is_asked_who_did_not_come_by_a_link(board: Board, alice: User) -> None:
    make_link(board, password="open sesame")
    for client in (Client(), client_of(alice)):
        assert client.get(f"/board/{board.pk}/link").status_code == 404
