"""The second step of signing in: what it asks, what it refuses, and what the log keeps."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.limits.throttle import is_remembered
from accounts.sign_in.passwords import MAX_FAILURES_PER_NAME
from accounts.tests.people import PASSWORD, client_of
from audit.models import AuditLog

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now(steps: int = 0) -> str:
    """What the app shows, or showed some steps of 30 seconds ago."""
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps)))


@pytest.fixture
def with_app(alice: User) -> User:
    """Alice, with an authenticator app and recovery codes."""
    TOTP.activate(alice, SECRET)
    RecoveryCodes.activate(alice)
    return alice


def first_step(client: Client, address: str = "198.51.100.7") -> Client:
    data = {"username": "alice", "password": PASSWORD, "next": "/?page=1"}
    response = client.post("/login", data, REMOTE_ADDR=address)
    assert response["Location"] == "/login/code"
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_password_alone_opens_nothing(with_app: User) -> None:
    client = first_step(Client())
    assert not is_in(client)
    for path in ("/", "/account/security", "/api/v1/boards"):
        assert client.get(path).status_code in (302, 401)


def test_a_code_signs_in_and_leads_on(with_app: User) -> None:
    client = first_step(Client())
    before = client.session.session_key
    response = client.post("/login/code", {"code": code_now()})
    assert response["Location"] == "/?page=1"
    assert is_in(client)
    assert client.session.session_key != before


def test_a_code_is_right_once_whatever_happens_to_caches(with_app: User) -> None:
    code = code_now()
    assert first_step(Client()).post("/login/code", {"code": code}).status_code == 302
    caches["default"].clear()
    again = first_step(Client())
    assert again.post("/login/code", {"code": code}).status_code == 422
    assert not is_in(again)


def test_a_recovery_code_signs_in_once(with_app: User) -> None:
    codes = Authenticator.objects.get(user=with_app, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    assert first_step(Client()).post("/login/code", {"code": code}).status_code == 302
    assert first_step(Client()).post("/login/code", {"code": code}).status_code == 422


def test_codes_are_not_guessed(with_app: User) -> None:
    client = first_step(Client())
    answers = []
    for number in range(MAX_FAILURES_PER_NAME + 1):
        caches["default"].clear()
        answers.append(client.post("/login/code", {"code": f"{number:06}"}).status_code)
    assert answers == [422] * MAX_FAILURES_PER_NAME + [429]
    response = client.post("/login/code", {"code": code_now()})
    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    rows = AuditLog.objects.filter(action="auth_login_failed", data__step="second factor")
    assert rows.count() >= MAX_FAILURES_PER_NAME


def test_codes_are_not_guessed_from_many_addresses(with_app: User, settings: Settings) -> None:
    settings.CANVAS_GUESSES_PER_ACCOUNT = 10_000
    settings.CANVAS_GUESSES_IN_TOTAL = 10_000
    client, wrong = Client(), 0
    first_step(client)
    for number in range(settings.CANVAS_CODES_PER_DAY + 1):
        address = f"203.0.{number // 200}.{number % 200}"
        answer = client.post("/login/code", {"code": "000000"}, REMOTE_ADDR=address)
        wrong += answer.status_code == 422
    assert wrong == settings.CANVAS_CODES_PER_DAY


def test_a_stranger_with_the_password_does_not_become_known(with_app: User) -> None:
    """An address is known only after both steps."""
    first_step(Client(), "198.51.100.99")
    assert not is_remembered("sign_in_known", "198.51.100.99", "alice")
    home = first_step(Client(), "198.51.100.7")
    home.post("/login/code", {"code": code_now()}, REMOTE_ADDR="198.51.100.7")
    assert is_remembered("sign_in_known", "198.51.100.7", "alice")


def test_the_secret_is_sealed_in_the_database(with_app: User) -> None:
    row = Authenticator.objects.get(user=with_app, type="totp")
    assert SECRET not in str(row.data)


def test_a_lost_server_key_lets_nobody_in(with_app: User, settings: Settings) -> None:
    settings.SECRET_KEY = "another " * 8
    client = first_step(Client())
    empty_key = format_hotp_value(hotp_value("", int(time.time()) // 30))
    for code in (empty_key, code_now()):
        assert client.post("/login/code", {"code": code}).status_code == 422


def test_rest_gives_no_token_for_a_password_alone(with_app: User) -> None:
    body = {"username": "alice", "password": PASSWORD}
    answer = Client().post("/api/v1/auth/token", body, content_type="application/json")
    assert answer.status_code == 401
    assert "second step" in answer.json()["detail"]
    assert not AuditLog.objects.filter(action="token_issue").exists()


def test_changing_factors_asks_for_the_password_again(alice: User) -> None:
    client = client_of(alice)
    for path in ("/account/app", "/account/passkeys/add"):
        response = client.get(path)
        assert (response.status_code, response["Location"].split("?")[0]) == (
            302,
            "/account/confirm",
        )
    assert client.post("/account/confirm", {"password": "wrong"}).status_code == 422
    answer = client.post("/account/confirm?next=/account/app", {"password": PASSWORD})
    assert answer["Location"] == "/account/app"
    assert client.get("/account/app").status_code == 200


def test_setting_up_an_app_and_removing_it_is_recorded(alice: User) -> None:
    client = client_of(alice)
    client.post("/account/confirm?next=/account/app", {"password": PASSWORD})
    page = client.get("/account/app")
    secret = page.context["form"].secret
    assert client.post("/account/app", {"code": "000000"}).status_code == 422
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/account/app", {"code": code})["Location"] == "/account/codes"
    codes = client.get("/account/codes").content.decode()
    assert codes.count("<code>") == 10
    assert "<code>" not in client.get("/account/codes").content.decode(), "shown once"
    assert client.post("/account/app/remove")["Location"] == "/account/security"
    assert not Authenticator.objects.filter(user=alice).exists()
    rows = AuditLog.objects.filter(action="auth_factor_change").order_by("pk")
    changes = {(row.data["factor"], row.data["change"]) for row in rows}
    assert {("totp", "added"), ("totp", "removed"), ("recovery_codes", "added")} <= changes
    assert {row.target_label for row in rows} == {"alice"}


@pytest.mark.parametrize(
    "credential",
    [
        *("", "[]", "null", "{", "1", "[" * 60_000),
        '{"response": 1}',
        '{"response": {"userHandle": 1}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "MQ"}}',
    ],
)
def test_a_hostile_passkey_gets_a_sentence(with_app: User, credential: str) -> None:
    client = Client()
    assert client.get("/login/passkey", headers={"Accept": "application/json"}).status_code == 200
    assert client.post("/login/passkey", {"credential": credential})["Location"] == "/login"
    first_step(client)
    assert client.post("/login/code", {"credential": credential}).status_code in (422, 429)
    assert not is_in(client)


def test_staff_remove_a_lost_factor(with_app: User, dana: User) -> None:
    data = {"action": "remove_second_factor", "_selected_action": [str(with_app.pk)]}
    client_of(dana).post("/admin/auth/user/", data)
    assert not Authenticator.objects.filter(user=with_app).exists()
    rows = AuditLog.objects.filter(action="auth_factor_change", via="admin")
    assert {(row.actor_label, row.target_label) for row in rows} == {("dana", "alice")}
    assert {row.data["factor"] for row in rows} == {"totp", "recovery_codes"}


def test_recovery_codes_are_not_made_without_end(with_app: User, settings: Settings) -> None:
    settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR = 3
    client = client_of(with_app)
    client.post("/account/confirm", {"password": PASSWORD})
    before = AuditLog.objects.filter(action="auth_factor_change").count()
    answers = [client.post("/account/codes/new").status_code for _ in range(6)]
    assert answers == [302] * 3 + [429] * 3
    assert AuditLog.objects.filter(action="auth_factor_change").count() - before == 6
    assert Authenticator.objects.filter(user=with_app, type="recovery_codes").count() == 1
