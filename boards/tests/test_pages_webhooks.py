"""The pages of one's own webhooks, and the admin's: what they show, and whom they refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from accounts.tests.people import confirmed
from audit.models import AuditLog
from audit.tests.actors import by
from boards.models import Webhook, WebhookDelivery
from boards.tests.factories import client_of, make_user
from boards.webhooks.services import CHOICES, opened, webhook_create, webhook_test

LIST, NEW = "/account/webhooks", "/account/webhooks/new"
FORM = {"name": "CI", "url": "https://ci.example/hook?key=s3cret", "events": ["board.created"]}
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def made(owner: User) -> Webhook:
    return webhook_create(
        owner=owner,
        name="CI",
        url=str(FORM["url"]),
        events=CHOICES,
        by=by(owner),
    )[0]


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_secret_is_shown_once(alice: User) -> None:
    client = confirmed(alice)
    assert "No program is told yet." in text_of(client.get(LIST))
    answer = client.post(NEW, FORM)
    assert "no-store" in answer["Cache-Control"]
    webhook = Webhook.objects.get()
    _, (secret,) = opened(webhook)
    assert secret in answer.content.decode()
    assert webhook.events == ["board.created"]
    for path in (LIST, f"{LIST}/{webhook.pk}"):
        page = client.get(path)
        assert page.status_code == 200
        assert secret not in page.content.decode()
    assert "key=s3cret" not in client.get(LIST).content.decode()
    assert "key=s3cret" in client.get(f"{LIST}/{webhook.pk}").content.decode()
    row = AuditLog.objects.get(action="webhook_create")
    assert row.data == {"name": "CI", "host": "ci.example", "events": ["board.created"]}


def test_it_asks_for_the_password_first(alice: User) -> None:
    client = client_of(alice)
    assert client.get(NEW)["Location"].startswith("/account/confirm")
    assert client.post(NEW, FORM)["Location"].startswith("/account/confirm")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"url": ""},
        {"url": "javascript:alert(1)"},
        {"url": "http://ci.example/"},
        {"url": "https://127.0.0.1/"},
        {"url": "https://[::1]/"},
        {"url": "https://169.254.169.254/latest/meta-data"},
        {"url": "https://localhost/"},
        {"url": "https://alice:pw@ci.example/"},
        {"events": []},
        {"events": ["board.deleted"]},
        {"events": ["webhook.test"]},
    ],
)
def test_a_wrong_form_is_shown_again(alice: User, change: dict[str, Any]) -> None:
    answer = confirmed(alice).post(NEW, {**FORM, **change})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.content.decode()
    assert not Webhook.objects.exists()


def test_there_are_so_many(alice: User, settings: Settings) -> None:
    settings.CANVAS_MAX_WEBHOOKS_PER_PERSON = 1
    client = confirmed(alice)
    assert client.post(NEW, FORM).status_code == 200
    assert "An account can have 1 webhooks." in text_of(client.post(NEW, FORM))
    settings.CANVAS_MAX_WEBHOOKS_PER_PERSON = 0
    assert "switched off on this server" in text_of(client.get(LIST))


def test_events_tests_and_switches(alice: User) -> None:
    webhook, client = made(alice), client_of(alice)
    path = f"{LIST}/{webhook.pk}"

    def post(**form: Any) -> str:
        response = client.post(path, form, follow=True)
        webhook.refresh_from_db()
        return text_of(response)

    assert "Saved." in post(operation="events", events=["board.changed"])
    assert webhook.events == ["board.changed"]
    assert "Choose at least one." in post(operation="events")
    assert "waiting" in post(operation="test")
    delivery = WebhookDelivery.objects.get()
    assert "It is off: switched off by hand." in post(operation="off")
    assert "Nothing was sent" in post(operation="test")
    again = f"{path}/messages/{delivery.pk}"
    assert "Nothing was sent" in text_of(client.post(again, follow=True))
    post(operation="on")
    client.post(again)
    delivery.refresh_from_db()
    assert delivery.due_at is not None
    assert "isn't possible" in post(operation="nonsense").replace("&#x27;", "'")
    assert "“CI” is deleted." in text_of(client.post(path, {"operation": "delete"}, follow=True))
    assert not Webhook.objects.exists()
    rows = AuditLog.objects.filter(action__startswith="webhook").order_by("pk")
    told = list(rows.values_list("action", flat=True))
    assert told == ["webhook_create", *["webhook_update"] * 3, "webhook_delete"]


def test_tests_are_limited(alice: User, settings: Settings) -> None:
    settings.CANVAS_WEBHOOK_TESTS_PER_HOUR = 2
    webhook, client = made(alice), client_of(alice)
    codes = [
        client.post(f"{LIST}/{webhook.pk}", {"operation": "test"}).status_code for _ in range(4)
    ]
    assert codes == [302, 302, 429, 429]
    again = f"{LIST}/{webhook.pk}/messages/{webhook.deliveries.all()[0].pk}"
    assert client.post(again).status_code == 429, "a repetition counts as well"


def test_nobody_else_gets_there(alice: User) -> None:
    """Not superusers either: the admin is for them."""
    webhook = made(alice)
    delivery = webhook_test(webhook)
    assert delivery is not None
    WebhookDelivery.objects.update(due_at=None)
    path = f"{LIST}/{webhook.pk}"
    for person in (make_user("bob"), make_user("dana", is_superuser=True)):
        client = client_of(person)
        assert "ci.example" not in client.get(LIST).content.decode()
        assert client.get(path).status_code == 404
        for operation in ("events", "on", "off", "test", "delete"):
            form = {"operation": operation, "events": ["board.changed"]}
            assert client.post(path, form).status_code == 404
        assert client.post(f"{path}/messages/{delivery.pk}").status_code == 404
        theirs = made(person)
        theirs_path = f"{LIST}/{theirs.pk}/messages/{delivery.pk}"
        assert client.post(theirs_path).status_code == 404
    delivery.refresh_from_db()
    assert delivery.due_at is None
    assert Webhook.objects.filter(pk=webhook.pk, disabled_at=None).exists()


def test_the_admin_sees_the_host_and_switches_off(alice: User) -> None:
    webhook = made(alice)
    dana = make_user("dana", is_superuser=True)
    base = "/admin/boards/webhook/"
    data = {"action": "switch_off", "_selected_action": [str(webhook.pk)]}
    helper = make_user("helper")
    helper.is_staff = True
    helper.save()
    for person in (alice, helper):
        client_of(person).post(base, data)
    webhook.refresh_from_db()
    assert webhook.disabled_at is None
    for path in (base, f"{base}{webhook.pk}/change/"):
        page = client_of(dana).get(path).content.decode()
        assert "ci.example" in page
        assert "s3cret" not in page
        assert webhook.sealed_url not in page
        assert webhook.sealed_secret not in page
    client_of(dana).post(base, data)
    webhook.refresh_from_db()
    assert webhook.disabled_at is not None
