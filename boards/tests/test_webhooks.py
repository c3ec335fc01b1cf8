"""What webhooks tell, and to whom."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.comments.services import author_of_guest, thread_create
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_create, board_trash
from boards.models import (
    Board,
    Space,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.sharing.transfer import board_transfer
from boards.tests.factories import make_board, make_user
from boards.tests.hooks import again, hook
from boards.tests.listening import Listener, is_signed
from boards.webhooks import events
from boards.webhooks.changes import changes_note
from boards.webhooks.deliveries import send_due
from boards.webhooks.services import (
    webhook_test,
)

pytestmark = pytest.mark.django_db


def waiting() -> list[tuple[str, dict[str, Any]]]:
    rows = WebhookDelivery.objects.order_by("created_at", "pk")
    return [(row.event, json.loads(row.payload)["data"]) for row in rows]


def draw(board: Board, after: timedelta = timedelta(0)) -> None:
    """What a commit of the sync engine leaves in the board's row."""
    at = timezone.now() + after
    Board.objects.filter(pk=board.pk).update(head_seq=F("head_seq") + 1, last_activity_at=at)


def test_a_message_is_signed_and_arrives(alice: User, listener: Listener) -> None:
    webhook, secret = hook(alice, listener.url)
    board = board_create(owner=alice, title="Roadmap", by=by(alice))
    assert send_due(webhook) == 1
    ((headers, body),) = listener.got
    assert is_signed(secret, headers, body)
    assert not is_signed(secret, headers, body + b" ")
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers[":path"] == "/hook?key=s3cret"
    assert headers["content-type"] == "application/json"
    message = json.loads(body)
    assert message["type"] == "board.created"
    assert message["data"]["board"] == {
        "id": str(board.pk),
        "title": "Roadmap",
        "url": f"https://canvas.example/board/{board.pk}",
        "owner": "alice",
        "space_id": None,
    }
    assert message["data"]["by"]["username"] == "alice"
    row = WebhookDelivery.objects.get()
    assert (row.status, row.problem, row.tries, row.due_at) == (204, "", 1, None)
    assert headers["webhook-id"] == row.message_id
    assert again(webhook) == 0


def test_what_is_told(alice: User, bob: User, listener: Listener) -> None:
    group = Group.objects.create(name="Team")
    board = make_board(alice)
    hook(alice, listener.url)
    edit, view = AccessLevel.EDIT, AccessLevel.VIEW
    permission_grant(board=board, subject=Subject(user=bob), level=view, by=by(alice))
    permission_grant(board=board, subject=Subject(user=bob), level=edit, by=by(alice))
    permission_grant(board=board, subject=Subject(group=group), level=view, by=by(alice))
    permission_grant(board=board, subject=PUBLIC, level=view, by=by(alice))
    # Less than before is not told.
    permission_grant(board=board, subject=Subject(user=bob), level=view, by=by(alice))
    permission_revoke(board=board, subject=PUBLIC, by=by(alice))
    author = author_of_guest("Gill", "x" * 40)
    thread_create(board=board, anchor={"x": 0, "y": 0}, body="a secret thought", author=author)
    told = waiting()
    assert [event for event, _ in told] == [*["board.shared"] * 4, "board.commented"]
    assert [data["with"] for _, data in told[:4]] == [
        {"kind": "user", "level": "view", "username": "bob"},
        {"kind": "user", "level": "edit", "username": "bob"},
        {"kind": "group", "level": "view", "group": "Team"},
        {"kind": "public", "level": "view"},
    ]
    assert told[4][1]["comment"]["author"] == {"username": None, "name": "Gill"}
    assert "secret thought" not in str(told)


def test_only_what_is_chosen_is_told(alice: User, listener: Listener) -> None:
    hook(alice, listener.url, WebhookEvent.COMMENTED)
    board_create(owner=alice, title="x", by=by(alice))
    assert waiting() == []


def test_it_tells_of_boards_of_ones_own_and_of_ones_spaces(
    alice: User, bob: User, listener: Listener
) -> None:
    """Not of boards that are only shared, also not with superusers."""
    dana = make_user("dana", is_superuser=True)
    space = Space.objects.create(name="Plans", owner=alice)
    for person in (alice, dana):
        hook(person, listener.url)
    theirs = make_board(bob, shared_with={alice: AccessLevel.EDIT, dana: AccessLevel.EDIT})
    permission_grant(board=theirs, subject=PUBLIC, level=AccessLevel.VIEW, by=by(bob))
    assert waiting() == []
    Board.objects.filter(pk=theirs.pk).update(space=space)
    theirs.refresh_from_db()
    permission_grant(board=theirs, subject=PUBLIC, level=AccessLevel.EDIT, by=by(bob))
    assert [row.webhook.owner for row in WebhookDelivery.objects.all()] == [alice]


@pytest.mark.parametrize("end", ["transfer", "trash", "inactive", "space"])
def test_nothing_is_sent_that_is_no_longer_theirs(
    alice: User, bob: User, listener: Listener, end: str
) -> None:
    space = Space.objects.create(name="Plans", owner=alice)
    webhook, _ = hook(alice, listener.url)
    owner = bob if end == "space" else alice
    board = make_board(owner, space=space if end == "space" else None)
    permission_grant(board=board, subject=PUBLIC, level=AccessLevel.VIEW, by=by(owner))
    assert len(waiting()) == 1
    match end:
        case "transfer":
            board_transfer(board=board, new_owner=bob, by=by(alice))
        case "trash":
            board_trash(board=board, by=by(alice))
        case "inactive":
            User.objects.filter(pk=alice.pk).update(is_active=False)
        case "space":
            Board.objects.filter(pk=board.pk).update(space=None)
    again(webhook)
    assert listener.got == []


def test_changes_wait_no_longer_than_others(
    alice: User, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MAX_WAITING", 2)
    hook(alice, listener.url, WebhookEvent.CHANGED)
    for _ in range(4):
        draw(make_board(alice))
    changes_note()
    assert len(waiting()) == 2


def test_nothing_is_kept_for_who_is_switched_off(
    alice: User, bob: User, listener: Listener
) -> None:
    """They are not told later of what happened meanwhile."""
    space = Space.objects.create(name="Plans", owner=alice)
    hook(alice, listener.url)
    board = make_board(bob, space=space)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    permission_grant(board=board, subject=PUBLIC, level=AccessLevel.VIEW, by=by(bob))
    draw(board)
    changes_note()
    assert waiting() == []


def test_changes_are_one_message_in_a_while(
    alice: User, bob: User, listener: Listener, settings: Settings
) -> None:
    webhook, _ = hook(alice, listener.url, WebhookEvent.CHANGED)
    board, other = make_board(alice), make_board(bob)
    changes_note()
    assert waiting() == []
    for _ in range(3):
        draw(board)
        draw(other)
    for _ in range(3):
        changes_note()
    ((_, data),) = waiting()
    assert (data["board"]["id"], data["seq"]) == (str(board.pk), 3)
    draw(board)
    draw(board)
    changes_note()
    assert len(waiting()) == 1, "the board is quiet for a minute"
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    changes_note()
    changes_note()
    assert [data["seq"] for _, data in waiting()] == [3, 5]
    webhook.refresh_from_db()
    assert webhook.changes_since <= timezone.now()


def test_many_changes_are_told_in_turns(
    alice: User, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boards.webhooks.changes.AT_ONCE", 2)
    hook(alice, listener.url, WebhookEvent.CHANGED)
    boards = [make_board(alice) for _ in range(5)]
    Webhook.objects.update(changes_since=timezone.now() - timedelta(hours=1))
    for number, board in enumerate(boards):
        draw(board, timedelta(minutes=number - 30))
    for _ in range(6):
        changes_note()
    assert {data["board"]["id"] for _, data in waiting()} == {str(one.pk) for one in boards}


def test_messages_go_with_the_account(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    webhook_test(webhook)
    alice.delete()
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()
