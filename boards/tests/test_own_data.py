"""The file of one's own data: one's own, and nobody else's."""

from __future__ import annotations

import json

from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from audit.origin import RequestOrigin
from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.comments.services import author_of_user, thread_create
from boards.levels import AccessLevel
from boards.notices.telling import tell_of_share
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.tests.factories import PASSWORD, client_of, make_board, make_user


def test_everybody_gets_their_own_data_only(db: None) -> None:
    alice, bob = make_user("alice"), make_user("bob")
    make_board(alice, title="Plans of alice")
    make_board(bob, title="Plans of bob")
    response = client_of(alice).post("/account/data")
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    data = json.loads(text)
    assert data["account"]["username"] == "alice"
    assert [board["title"] for board in data["boards"]] == ["Plans of alice"]
    assert data["sessions"]
    assert "bob" not in text
    alice.refresh_from_db()
    assert alice.password not in text
    row = AuditLog.objects.get(action="account_export")
    assert (row.actor, row.target_user) == (alice, alice)


def test_of_others_it_says_only_what_concerns_the_person(db: None) -> None:
    alice, bob = make_user("alice"), make_user("bob")
    ours = make_board(alice, title="Ours", shared_with={bob: AccessLevel.EDIT})
    lost = make_board(bob, title="Not theirs any more")
    origin = RequestOrigin("192.0.2.77", "Browser of bob")
    for board, words, author in (
        (ours, "Words of bob", bob),
        (ours, "Words of alice", alice),
        (lost, "More of alice", alice),
    ):
        point = {"x": 0, "y": 0}
        thread_create(board=board, anchor=point, body=words, author=author_of_user(author))
    permission_grant(
        board=lost, subject=Subject(user=alice), level=AccessLevel.EDIT, by=by(bob, origin)
    )
    permission_revoke(board=lost, subject=Subject(user=alice), by=by(bob, origin))
    tell_of_share(ours, Subject(user=bob), by(None))
    Client(REMOTE_ADDR="192.0.2.77", headers={"User-Agent": "Browser of bob"}).post(
        "/login", {"username": "bob", "password": PASSWORD}
    )
    text = client_of(alice).post("/account/data").content.decode()
    data = json.loads(text)
    assert [one["text"] for one in data["comments"]] == ["More of alice", "Words of alice"]
    about = [(one["by"], one["action"]) for one in data["log"] if one["about"] == "alice"]
    assert ("bob", "permission_change") in about
    assert [one["kind"] for one in data["notifications"]] == ["shared"]
    assert data["notifications"][0]["actor_name"] == "bob"
    assert len(data["sessions"]) == 1
    for foreign in ("Words of bob", "Not theirs any more", "192.0.2.77", "Browser of bob"):
        assert foreign not in text


def test_it_takes_signing_in_and_is_limited(db: None, settings: Settings) -> None:
    assert Client().post("/account/data")["Location"].startswith("/login")
    client = client_of(make_user("alice"))
    assert client.get("/account/data").status_code == 405
    answers = [
        client.post("/account/data").status_code
        for _ in range(settings.CANVAS_ACCOUNT_DOWNLOADS_PER_HOUR + 1)
    ]
    assert answers == [200] * settings.CANVAS_ACCOUNT_DOWNLOADS_PER_HOUR + [429]
