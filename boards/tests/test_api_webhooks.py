"""Webhooks by REST, and new secrets: the same rules as on the pages, and whom they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import SignIn
from accounts.tests.people import confirmed
from accounts.tokens.services import token_create
from audit.models import AuditLog
from audit.tests.actors import by
from boards.models import Webhook, WebhookDelivery
from boards.tests.factories import client_of, make_user
from boards.tests.listening import Listener, is_signed
from boards.webhooks.deliveries import send_due
from boards.webhooks.services import CHOICES, opened, webhook_create, webhook_test

ALL = "/api/v1/webhooks"
NEW = {"name": "CI", "url": "https://ci.example/hook?key=s3cret", "events": ["board.created"]}
LONG_AGO = timedelta(minutes=6)
pytestmark = pytest.mark.django_db


def made(owner: User, url: str = str(NEW["url"])) -> Webhook:
    return webhook_create(owner=owner, name="CI", url=url, events=CHOICES, by=by(owner))[0]


def post(client: Client, path: str, data: Any = None) -> Any:
    return client.post(path, data or {}, content_type="application/json")


def patch(client: Client, path: str, data: Any) -> Any:
    return client.patch(path, data, content_type="application/json")


def test_a_webhook_from_beginning_to_end(alice: User, listener: Listener) -> None:
    client = client_of(alice)
    answer = post(client, ALL, {**NEW, "url": listener.url})
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    new = answer.json()
    secret, path = new.pop("secret"), f"{ALL}/{new['id']}"
    assert client.get(path).json() == new
    assert client.get(ALL).json() == [new]
    assert (new["url"], new["events"], new["is_on"]) == (listener.url, ["board.created"], True)
    assert secret not in client.get(path).content.decode()

    changed = patch(client, path, {"events": ["board.changed", "board.created"]}).json()
    assert changed["events"] == ["board.created", "board.changed"]
    sent = post(client, f"{path}/test")
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    assert send_due(Webhook.objects.get()) == 1
    (message,) = client.get(f"{path}/deliveries").json()["results"]
    assert (message["state"], message["status"], message["tries"]) == ("delivered", 204, 1)
    assert listener.got[0][0]["webhook-id"] == message["message_id"]

    again = f"{path}/deliveries/{message['id']}/redeliver"
    assert (post(client, again).status_code, post(client, again).json()["state"]) == (
        202,
        "waiting",
    )
    off = patch(client, path, {"is_on": False}).json()
    assert (off["is_on"], off["problem"]) == (False, "owner")
    for one in (again, f"{path}/test"):
        assert post(client, one).status_code == 409
    # What was read can be sent back.
    assert patch(client, path, {**off, "is_on": True}).json()["is_on"] is True
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    told = AuditLog.objects.filter(action__startswith="webhook").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "webhook_create",
        *["webhook_update"] * 3,
        "webhook_delete",
    ]
    assert "s3cret" not in str(list(told.values_list("data", flat=True)))


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "two\nlines"},
        {"url": "http://ci.example/"},
        {"url": "https://127.0.0.1/"},
        {"url": "https://[::ffff:10.0.0.1]/"},
        {"url": "https://alice:pw@ci.example/"},
        {"url": "https://ci.example/" + "x" * 2000},
        {"url": None},
        {"events": []},
        {"events": ["webhook.test"]},
        {"events": ["board.created"] * 20},
        {"secret": "whsec_mine"},
    ],
)
def test_what_is_wrong_is_refused(alice: User, change: dict[str, Any]) -> None:
    answer = post(client_of(alice), ALL, {**NEW, **change})
    assert answer.status_code == 400
    assert next(iter(change)) in answer.json()
    assert not Webhook.objects.exists()


def test_there_are_so_many(alice: User, settings: Settings) -> None:
    settings.CANVAS_MAX_WEBHOOKS_PER_PERSON = 1
    settings.CANVAS_WEBHOOK_TESTS_PER_HOUR = 2
    client = client_of(alice)
    path = f"{ALL}/{post(client, ALL, NEW).json()['id']}"
    assert post(client, ALL, NEW).status_code == 429
    answers = [post(client, f"{path}/test") for _ in range(3)]
    assert [one.status_code for one in answers] == [202, 202, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    sent = answers[0].json()["id"]
    assert post(client, f"{path}/deliveries/{sent}/redeliver").status_code == 429, "counts as well"


def test_an_old_sign_in_makes_no_secret(alice: User) -> None:
    webhook, client = made(alice), client_of(alice)
    sealed = webhook.sealed_secret
    SignIn.objects.update(started_at=timezone.now() - LONG_AGO)
    for path in (ALL, f"{ALL}/{webhook.pk}/secret"):
        assert post(client, path, NEW).status_code == 403
    page = client.post(f"/account/webhooks/{webhook.pk}/secret")
    assert page["Location"].startswith("/account/confirm")
    webhook = Webhook.objects.get()
    assert webhook.sealed_secret == sealed
    assert patch(client, f"{ALL}/{webhook.pk}", {"is_on": False}).status_code == 200


def test_nobody_else_gets_there(alice: User) -> None:
    """Neither superusers nor programs of the person."""
    webhook = made(alice)
    delivery = webhook_test(webhook)
    assert delivery is not None
    _, token = token_create(
        user=alice, name="Bot", scopes=["boards:manage"], expires_at=None, by=by(alice)
    )
    others = {
        401: [client_of(None)],
        403: [Client(headers={"Authorization": f"Bearer {token}"})],
        404: [client_of(make_user("bob")), client_of(make_user("dana", is_superuser=True))],
    }
    before = Webhook.objects.values().get()
    path = f"{ALL}/{webhook.pk}"
    for status, clients in others.items():
        for client in clients:
            answers = [
                client.get(path),
                patch(client, path, {"is_on": False, "events": ["board.changed"]}),
                client.delete(path),
                post(client, f"{path}/secret"),
                post(client, f"{path}/test"),
                client.get(f"{path}/deliveries"),
                post(client, f"{path}/deliveries/{delivery.pk}/redeliver"),
            ]
            assert {one.status_code for one in answers} == {status}
            listed = client.get(ALL)
            assert listed.json() == [] if status == 404 else listed.status_code == status
    assert Webhook.objects.values().get() == before
    assert WebhookDelivery.objects.count() == 1
    bob = User.objects.get(username="bob")
    through_own = f"{ALL}/{made(bob).pk}/deliveries/{delivery.pk}/redeliver"
    assert post(client_of(bob), through_own).status_code == 404


def test_a_write_needs_the_csrf_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert post(client, ALL, NEW).status_code == 403
    assert not Webhook.objects.exists()


def test_the_secret_before_signs_for_a_while(alice: User, listener: Listener) -> None:
    client = client_of(alice)
    new = post(client, ALL, {**NEW, "url": listener.url}).json()
    path = f"{ALL}/{new['id']}"
    first = new["secret"]
    answer = post(client, f"{path}/secret")
    assert answer["Cache-Control"] == "no-store"
    second, until = answer.json()["secret"], answer.json()["old_secret_until"]
    assert second != first
    assert client.get(path).json()["old_secret_until"] == until
    assert signed_with(client, path, listener, (first, second)) == [True, True]
    row = AuditLog.objects.filter(action="webhook_update").get()
    assert row.data["is_secret_new"] is True
    assert second not in str(row.data)

    third = post(client, f"{path}/secret").json()["secret"]
    assert signed_with(client, path, listener, (first, second, third)) == [False, True, True]

    Webhook.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
    assert client.get(path).json()["old_secret_until"] is None
    assert signed_with(client, path, listener, (second, third)) == [False, True]
    webhook = Webhook.objects.get()
    assert (webhook.sealed_old_secret, webhook.old_secret_until) == ("", None)


def signed_with(
    client: Client, path: str, listener: Listener, secrets: tuple[str, ...]
) -> list[bool]:
    """By which secrets the next message is signed."""
    assert post(client, f"{path}/test").status_code == 202
    assert send_due(Webhook.objects.get()) == 1
    headers, body = listener.got[-1]
    signatures = headers["webhook-signature"].split(" ")
    each = [{**headers, "webhook-signature": one} for one in signatures]
    return [any(is_signed(secret, one, body) for one in each) for secret in secrets]


def test_without_a_while_the_secret_before_ends_at_once(alice: User, settings: Settings) -> None:
    settings.CANVAS_WEBHOOK_OLD_SECRET_HOURS = 0
    webhook = made(alice)
    answer = post(client_of(alice), f"{ALL}/{webhook.pk}/secret").json()
    assert answer["old_secret_until"] is None
    webhook.refresh_from_db()
    assert webhook.sealed_old_secret == ""
    assert opened(webhook)[1] == [answer["secret"]]


def test_a_new_secret_on_the_page(alice: User) -> None:
    webhook, client = made(alice), confirmed(alice)
    path = f"/account/webhooks/{webhook.pk}"
    _, (first,) = opened(webhook)
    assert "For 24 hours" in client.get(f"{path}/secret").content.decode()
    webhook.refresh_from_db()
    assert opened(webhook)[1] == [first], "looking changes nothing"
    shown = client.post(f"{path}/secret")
    assert "no-store" in shown["Cache-Control"]
    webhook.refresh_from_db()
    second, still = opened(webhook)[1]
    assert still == first
    assert second in shown.content.decode()
    page = client.get(path).content.decode()
    assert "signed with the one before too" in page
    assert first not in page
    assert second not in page
    assert confirmed(make_user("bob")).post(f"{path}/secret").status_code == 404


def test_nobody_fills_the_log_by_changing_webhooks(alice: User, settings: Settings) -> None:
    settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR = 4  # making it is one
    client, webhook = client_of(alice), made(alice)
    path = f"{ALL}/{webhook.pk}"
    answers = [patch(client, path, {"is_on": bool(n % 2)}).status_code for n in range(4)]
    assert answers == [200, 200, 200, 429]
    assert patch(client, path, {"events": ["board.shared"]}).status_code == 429
    assert post(client, f"{path}/secret").status_code == 429
    assert AuditLog.objects.filter(action="webhook_update").count() == 3
    webhook.refresh_from_db()
    assert webhook.disabled_at is not None
    assert opened(webhook)[1][1:] == []
    assert client.delete(path).status_code == 204
