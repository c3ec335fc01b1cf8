"""Webhooks: what is told and to whom, how it is sent, and how it fails."""

from __future__ import annotations

import ipaddress
import json
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Notification
from accounts.notifications.descriptions import described
from audit.models import AuditLog
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
    WebhookProblem,
)
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.sharing.transfer import board_transfer
from boards.tests.factories import make_board, make_user
from boards.tests.listening import Listener, is_signed, listening, silent
from boards.webhooks import events
from boards.webhooks.changes import changes_note
from boards.webhooks.deliveries import PAUSES, WebhookSender, send_due
from boards.webhooks.services import (
    CHOICES,
    redeliver,
    webhook_create,
    webhook_switch,
    webhook_test,
)

pytestmark = pytest.mark.django_db
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def alice() -> User:
    return make_user("alice")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


@pytest.fixture
def listener(settings: Settings) -> Iterator[Listener]:
    settings.CANVAS_WEBHOOK_NETWORKS = LOOPBACK
    settings.CANVAS_ADDRESS = "https://canvas.example"
    with listening() as one:
        yield one


def hook(owner: User, url: str, *chosen: WebhookEvent) -> tuple[Webhook, str]:
    return webhook_create(owner=owner, name="CI", url=url, events=chosen or CHOICES, by=by(owner))


def again(webhook: Webhook) -> int:
    """As if the pauses were over."""
    past = timezone.now() - timedelta(seconds=1)
    Webhook.objects.filter(pk=webhook.pk).update(not_before=past)
    WebhookDelivery.objects.filter(due_at__isnull=False).update(due_at=past)
    return send_due(webhook)


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


def test_a_failure_is_tried_again_later_and_longer(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    board_create(owner=alice, title="x", by=by(alice))
    listener.status = 500
    ends = []
    for number in range(len(PAUSES)):
        assert again(webhook) == 1
        row = WebhookDelivery.objects.get()
        assert (row.status, row.problem, row.tries) == (500, "status", number + 1)
        assert row.due_at is not None
        ends.append(row.due_at - timezone.now())
        webhook.refresh_from_db()
        assert webhook.not_before > timezone.now(), "it rests"
        assert send_due(webhook) == 0
    for pause, said in zip(ends, PAUSES, strict=True):
        assert said - timedelta(seconds=5) < pause < 1.1 * said + timedelta(seconds=5)
    assert again(webhook) == 1
    assert WebhookDelivery.objects.get().due_at is None, "given up"
    assert len({headers["webhook-id"] for headers, _ in listener.got}) == 1
    listener.status = 200
    redeliver(WebhookDelivery.objects.get())
    assert again(webhook) == 1
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since) == (0, None)


def test_the_rest_waits_while_one_fails(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    for _ in range(5):
        board_create(owner=alice, title="x", by=by(alice))
    listener.status = 503
    assert again(webhook) == 1
    listener.status = 200
    assert again(webhook) == 5


def test_one_that_fails_for_days_is_switched_off(
    alice: User, listener: Listener, settings: Settings
) -> None:
    webhook, _ = hook(alice, listener.url)
    listener.status = 500
    webhook_test(webhook)
    again(webhook)
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=6))
    again(webhook)
    webhook.refresh_from_db()
    assert webhook.disabled_at is not None
    assert webhook.problem == WebhookProblem.FAILING
    (told,) = described(alice, list(Notification.objects.filter(reader=alice)))
    assert told.words.text == "Your webhook “CI” is off: it failed for days."
    assert told.words.url == f"/account/webhooks/{webhook.pk}"
    board_create(owner=alice, title="x", by=by(alice))
    assert again(webhook) == 0
    assert len(listener.got) == 2
    row = AuditLog.objects.get(action="webhook_update")
    assert (row.actor_kind, row.target_user, row.data["is_on"]) == ("system", alice, False)
    webhook_switch(webhook=webhook, is_on=True, by=by(alice))
    assert described(alice, list(Notification.objects.filter(reader=alice))) == []


def test_one_that_says_gone_is_switched_off_at_once(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    listener.status = 410
    webhook_test(webhook)
    again(webhook)
    webhook.refresh_from_db()
    assert webhook.problem == WebhookProblem.GONE


def test_what_waits_while_it_is_off_is_dropped(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    assert webhook_test(webhook) is not None
    webhook_switch(webhook=webhook, is_on=False, by=by(alice))
    webhook_switch(webhook=webhook, is_on=True, by=by(alice))
    assert send_due(webhook) == 0
    assert not webhook.deliveries.filter(due_at__isnull=False).exists()


def test_redirects_are_not_followed(alice: User, listener: Listener) -> None:
    with listening() as inside:
        webhook, _ = hook(alice, listener.url)
        listener.status, listener.headers = 307, {"Location": inside.url}
        webhook_test(webhook)
        again(webhook)
        assert WebhookDelivery.objects.get().problem == WebhookProblem.REDIRECT
        assert inside.got == []


def test_nothing_of_the_answer_is_read_or_kept(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    listener.body = b"a page of somebody's router" * 200_000
    webhook_test(webhook)
    again(webhook)
    row = WebhookDelivery.objects.values().get()
    assert row["status"] == 204
    assert "router" not in str(row)


@pytest.mark.parametrize("drip", [b"", b"H", b"HTTP/1.1 200 OK\r\nX: y\r\n"])
def test_one_that_never_answers_is_left(alice: User, settings: Settings, drip: bytes) -> None:
    settings.CANVAS_WEBHOOK_NETWORKS = LOOPBACK
    settings.CANVAS_WEBHOOK_SECONDS = 1
    with silent(drip) as url:
        webhook, _ = hook(alice, url)
        webhook_test(webhook)
        begun = time.monotonic()
        again(webhook)
        assert time.monotonic() - begun < 10
    row = WebhookDelivery.objects.get()
    assert row.problem in (WebhookProblem.TIMEOUT, WebhookProblem.CONNECTION)
    assert row.due_at is not None


def test_nobody_listens(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, "http://127.0.0.1:1/")
    webhook_test(webhook)
    again(webhook)
    assert WebhookDelivery.objects.get().problem == WebhookProblem.CONNECTION


def test_so_many_messages_wait_and_so_many_are_kept(
    alice: User, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MAX_WAITING", 3)
    monkeypatch.setattr("boards.webhooks.deliveries.KEPT", 2)
    webhook, _ = hook(alice, listener.url)
    sent = [webhook_test(webhook) for _ in range(5)]
    assert [one is not None for one in sent] == [True] * 3 + [False] * 2
    again(webhook)
    assert len(listener.got) == 3
    assert WebhookDelivery.objects.count() == 2


def test_one_process_sends_at_a_time(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    webhook_test(webhook)
    Webhook.objects.update(not_before=timezone.now() + timedelta(minutes=1))
    assert send_due(webhook) == 0
    assert listener.got == []


def test_address_and_secret_are_nowhere_in_clear(
    alice: User, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook, secret = hook(alice, listener.url)
    listener.status = 500
    webhook_test(webhook)
    again(webhook)
    rows = [*Webhook.objects.values(), *WebhookDelivery.objects.values()]
    for kept in (str(rows), str(list(AuditLog.objects.values())), caplog.text):
        assert "s3cret" not in kept
        assert secret not in kept


def test_with_another_key_it_is_switched_off(
    alice: User, listener: Listener, settings: Settings
) -> None:
    webhook, _ = hook(alice, listener.url)
    webhook_test(webhook)
    settings.SECRET_KEY = "another"
    again(webhook)
    webhook.refresh_from_db()
    assert webhook.problem == WebhookProblem.SEALED


def test_messages_go_with_the_account(alice: User, listener: Listener) -> None:
    webhook, _ = hook(alice, listener.url)
    webhook_test(webhook)
    alice.delete()
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_silent_receiver_makes_nobody_else_wait(
    alice: User, bob: User, settings: Settings
) -> None:
    settings.CANVAS_WEBHOOK_NETWORKS = LOOPBACK
    with silent() as dead, listening() as listener:
        for _ in range(3):
            webhook_test(hook(alice, dead)[0])
        webhook_test(hook(bob, listener.url)[0])
        sender, begun = WebhookSender(), time.monotonic()
        sender.look()
        assert time.monotonic() - begun < 5
        while not listener.got and time.monotonic() - begun < 9:
            time.sleep(0.02)
        assert listener.got
        sender.look()
    while sender.is_busy:
        time.sleep(0.02)
