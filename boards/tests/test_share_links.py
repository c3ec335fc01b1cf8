"""Share links: their row decides, they end at once, and they are written nowhere."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.resolve import resolve_access
from boards.identity.tokens import issue_access_token, link_token
from boards.levels import AccessLevel
from boards.models import Board, ShareLink
from boards.sharing.links import board_make_private
from boards.tests.factories import client_of, make_board
from boards.tests.links import enter, expire, make_link, revoke
from boards.tests.matrix import Api, answers

REFUSED = "This link is not valid"


@pytest.mark.parametrize("why", ["expired", "revoked", "trashed", "other_board", "deleted"])
def test_a_link_that_ended_opens_nothing(board: Board, alice: User, why: str) -> None:
    link = make_link(board)
    target = board
    if why == "expired":
        expire(link)
    elif why == "revoked":
        revoke(link)
    elif why == "trashed":
        Board.objects.filter(pk=board.pk).update(deleted_at=timezone.now())
    elif why == "other_board":
        target = make_board(alice)
    else:
        token = link_token(link)
        link.delete()
        assert Client().get(f"/board/{board.pk}", {"token": token}).status_code == 401
        return
    client, response = enter(target, link)
    assert (response.status_code, REFUSED in response.content.decode()) == (401, True)
    assert board.title not in response.content.decode()
    assert client.get(f"/board/{target.pk}").status_code == 302
    row = AuditLog.objects.filter(action="room_access_denied").order_by("pk")[0]
    assert row.outcome == "denied"


def test_a_link_gives_its_level_at_a_clean_address_and_is_recorded(board: Board) -> None:
    link = make_link(board, AccessLevel.COMMENT, label="Customers")
    client, response = enter(board, link)
    assert (response.status_code, response["Location"]) == (302, f"/board/{board.pk}")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    page = client.get(f"/board/{board.pk}")
    assert page.status_code == 200
    assert page.context["config"]["level"] == "comment"
    assert client.get(f"/api/v1/boards/{board.pk}/files").status_code == 200
    enter(board, link, client)
    link.refresh_from_db()
    assert link.use_count == 1
    assert link.last_used_at is not None
    rows = AuditLog.objects.filter(action="share_link_use")
    assert [(row.share_link_id, row.via, row.level) for row in rows] == [
        (link.pk, "link", "comment")
    ]
    visit = AuditLog.objects.get(action="room_access")
    assert (visit.via, visit.share_link_id, visit.data["access"]) == ("link", link.pk, "link")


@pytest.mark.parametrize("end", [expire, revoke])
def test_a_session_loses_the_board_with_its_link(board: Board, end: Any) -> None:
    link = make_link(board)
    client, _ = enter(board, link)
    assert client.get(f"/board/{board.pk}").status_code == 200
    end(link)
    assert client.get(f"/board/{board.pk}").status_code == 302
    assert client.get(f"/api/v1/boards/{board.pk}/files").status_code == 401


def test_the_row_decides_not_the_token(board: Board) -> None:
    link = make_link(board)
    client, _ = enter(board, link)
    ShareLink.objects.filter(pk=link.pk).update(level="view")
    assert client.get(f"/board/{board.pk}").context["config"]["level"] == "view"


def test_a_link_never_lowers_what_somebody_has(board: Board, bob: User) -> None:
    link = make_link(board, AccessLevel.VIEW)
    access = resolve_access(board, user=bob, link_ids=[link.pk])
    assert (access.level, access.via) == (AccessLevel.EDIT, "user")


def test_a_link_raises_what_somebody_has(board: Board, charlie: User) -> None:
    link = make_link(board)
    client, _ = enter(board, link, client_of(charlie))
    assert client.get(f"/board/{board.pk}").context["config"]["level"] == "edit"
    assert client.get("/").context["boards"].paginator.count == 0


def test_a_link_says_nothing_about_other_boards(board: Board, alice: User) -> None:
    link, other = make_link(board), make_board(alice)
    client, _ = enter(board, link)
    assert client.get(f"/board/{other.pk}").status_code == 302
    assert resolve_access(other, user=None, link_ids=[link.pk]).level is AccessLevel.NONE


def test_a_bearer_token_is_not_helped_by_the_links_of_a_cookie(board: Board, charlie: User) -> None:
    client, _ = enter(board, make_link(board), client_of(charlie))
    token, _ = issue_access_token(charlie)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(f"/api/v1/boards/{board.pk}").status_code == 200
    assert client.get(f"/api/v1/boards/{board.pk}", headers=headers).status_code == 404


def test_revoking_announces_itself_once(board: Board) -> None:
    link = make_link(board)
    before = Board.objects.get().access_version
    revoke(link)
    revoke(link)
    assert Board.objects.get().access_version == before + 1
    assert AuditLog.objects.filter(action="share_link_revoke").count() == 1


def test_making_a_board_private_ends_all_links(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.VIEW)
    links = [make_link(board), make_link(board)]
    board_make_private(board=board, by=by(alice))
    assert not board.permissions.exists()
    assert not ShareLink.objects.active().exists()
    assert len(links) == 2


# --- creation


@pytest.mark.parametrize(
    "values",
    [
        {"level": AccessLevel.NONE},
        {"expires_at": timezone.now() - timedelta(days=1)},
        {"label": "x" * 101},
        {"label": "a\x00b"},
        {"password": "x" * 201},
    ],
)
def test_bad_links_are_refused(board: Board, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make_link(board, **values)
    assert not ShareLink.objects.exists()


# --- REST


def test_rest_is_for_managers(board: Board, bob: User, charlie: User) -> None:
    path = f"/api/v1/boards/{board.pk}/links"
    one = f"{path}/{make_link(board).pk}"
    for user, status in answers(Api("share it", 200), anonymous=None, stranger=charlie, editor=bob):
        client = client_of(user)
        assert client.get(path).status_code == status
        assert client.post(path, {"level": "edit"}, "application/json").status_code == status
        assert client.get(one).status_code == status
        assert client.delete(one).status_code == status
    assert ShareLink.objects.active().count() == 1


def test_rest_makes_lists_and_revokes(board: Board, alice: User) -> None:
    client, path = client_of(alice), f"/api/v1/boards/{board.pk}/links"
    body = {"level": "comment", "label": "Customers", "password": "open sesame"}
    made = client.post(path, body, "application/json")
    assert made.status_code == 201
    data = made.json()
    assert "password" not in data
    assert (data["level"], data["has_password"], data["created_by"]) == ("comment", True, "alice")
    assert data["url"].startswith(f"http://testserver/board/{board.pk}?token=")
    assert client.get(path).json() == [data]
    one = f"{path}/{data['id']}"
    assert client.get(one).json() == data
    assert client.delete(one).status_code == 204
    assert client.get(one).json()["revoked_at"] is not None
    other = make_board(alice)
    assert client.get(f"/api/v1/boards/{other.pk}/links/{data['id']}").status_code == 404
    bad = client.post(path, {"level": "view", "expires_at": "2001-01-01"}, "application/json")
    assert bad.status_code == 400


def test_whoever_throws_sessions_away_cannot_fill_the_table(
    board: Board, bob: User, settings: Settings
) -> None:
    settings.CANVAS_NEW_SESSIONS_PER_HOUR = 3
    link = make_link(board)
    known, _ = enter(board, link)
    assert [enter(board, link)[1].status_code for _ in range(2)] == [302, 302]
    rows, uses = Session.objects.count(), AuditLog.objects.count()
    refused = enter(board, link)[1]
    assert refused.status_code == 429
    assert "3 people an hour" in refused.content.decode()
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert (Session.objects.count(), AuditLog.objects.count()) == (rows, uses)
    assert enter(board, link, known)[1].status_code == 302  # who has one goes on
    assert enter(board, link, client_of(bob))[1].status_code == 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert enter(board, link, elsewhere)[1].status_code == 302


def test_sessions_that_ended_are_deleted_and_others_stay(board: Board, bob: User) -> None:
    client_of(bob)
    ended = [Session(session_key=f"ended-{n}", session_data="x") for n in range(3)]
    for session in ended:
        session.expire_date = timezone.now() - timedelta(minutes=1)
    Session.objects.bulk_create(ended)
    version = Board.objects.get(pk=board.pk).access_version
    call_command("purge_sessions", stdout=StringIO())
    assert Session.objects.count() == 1
    assert Board.objects.get(pk=board.pk).access_version == version
