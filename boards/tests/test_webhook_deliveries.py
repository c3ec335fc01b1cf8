"""How messages of webhooks are sent, and how that fails."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Notification
from accounts.notifications.descriptions import described
from audit.models import AuditLog
from audit.tests.actors import by
from boards.lifecycle.basics import board_create
from boards.models import (
    Webhook,
    WebhookDelivery,
    WebhookProblem,
)
from boards.tests.hooks import LOOPBACK, again, hook
from boards.tests.listening import Listener, listening, silent
from boards.webhooks import events
from boards.webhooks.deliveries import PAUSES, WebhookSender, send_due
from boards.webhooks.services import (
    redeliver,
    webhook_switch,
    webhook_test,
)

pytestmark = pytest.mark.django_db


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
