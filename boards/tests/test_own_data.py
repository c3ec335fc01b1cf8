"""The file of one's own data: one's own, and nobody else's."""

from __future__ import annotations

import json

from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from boards.tests.factories import client_of, make_board, make_user


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


def test_it_takes_signing_in_and_is_limited(db: None, settings: Settings) -> None:
    assert Client().post("/account/data")["Location"].startswith("/login")
    client = client_of(make_user("alice"))
    assert client.get("/account/data").status_code == 405
    answers = [
        client.post("/account/data").status_code
        for _ in range(settings.CANVAS_ACCOUNT_DOWNLOADS_PER_HOUR + 1)
    ]
    assert answers == [200] * settings.CANVAS_ACCOUNT_DOWNLOADS_PER_HOUR + [429]
