"""The first start: who may make the administrator, and that it happens once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts.first_start import services
from accounts.first_start.services import (
    GUESSES,
    AlreadyDoneError,
    administrator_create,
    first_start_token,
)
from accounts.models import RateCount
from audit.models import AuditLog

PASSWORD = "four quiet words here"
FORM = {"username": "kim", "name": "Kim Ott", "password1": PASSWORD, "password2": PASSWORD}
ELSEWHERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def fresh(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without users."""
    settings.CANVAS_FIRST_START = True
    monkeypatch.setattr(services, "_has_users", False)


def test_strangers_are_told_what_to_do_and_get_no_further() -> None:
    client = Client(REMOTE_ADDR=ELSEWHERE)
    assert client.get("/login")["Location"] == "/setup"
    for token in ("", "wrong", "x" * 5000):
        response = client.get("/setup", {"token": token})
        assert response.status_code == 403
        assert "made on the machine itself" in response.content.decode()
        assert client.post("/setup", {**FORM, "token": token}).status_code == 403
    assert not User.objects.exists()


def test_somebody_at_the_machine_makes_the_administrator_and_is_signed_in(
    settings: Settings,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    client = Client()
    page = client.get("/setup").content.decode()
    assert "Only this machine reaches it." in page
    assert "It sends no mail" in page
    assert client.post("/setup", FORM)["Location"] == "/"
    user = User.objects.get()
    assert (user.username, user.get_full_name(), user.is_superuser) == ("kim", "Kim Ott", True)
    assert client.get("/admin/").status_code == 200
    row = AuditLog.objects.get(action="auth_sign_up")
    assert (row.target_label, row.data) == ("kim", {"first_start": True})
    assert Client().get("/setup")["Location"] == "/login"
    assert Client().post("/setup", {**FORM, "username": "eve"})["Location"] == "/login"
    assert User.objects.count() == 1


def test_the_printed_token_does_it_from_anywhere_and_is_kept_as_a_hash() -> None:
    token = first_start_token()
    assert not RateCount.objects.filter(key__contains=token).exists()
    client = Client(REMOTE_ADDR=ELSEWHERE)
    assert client.get("/setup", {"token": token}).status_code == 200
    assert client.post("/setup", {**FORM, "token": token})["Location"] == "/"
    assert User.objects.get().is_superuser


def test_tokens_are_not_guessed() -> None:
    token = first_start_token()
    client = Client(REMOTE_ADDR=ELSEWHERE)
    for number in range(GUESSES):
        client.get("/setup", {"token": f"guess{number}"})
    assert client.get("/setup", {"token": token}).status_code == 403
    other = Client(REMOTE_ADDR="203.0.113.4")
    assert other.get("/setup", {"token": token}).status_code == 200


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Host"]
)
def test_a_proxy_on_the_machine_is_not_the_machine(header: str) -> None:
    assert Client().get("/setup", headers={header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CANVAS_HTTPS", True),
        ("CANVAS_TRUSTED_PROXY_HOPS", 1),
        ("ALLOWED_HOSTS", ["canvas.example.org", "testserver"]),
    ],
)
def test_an_installation_for_others_wants_the_token(
    name: str, value: object, settings: Settings
) -> None:
    setattr(settings, name, value)
    assert Client().get("/setup", secure=name == "CANVAS_HTTPS").status_code == 403


def test_of_two_at_once_one_gets_it() -> None:
    request = RequestFactory().post("/setup")
    values = {"name": "", "email": "", "password": PASSWORD}
    administrator_create(request, username="first", **values)
    User.objects.all().delete()  # as if the other's check came before
    with pytest.raises(AlreadyDoneError):
        administrator_create(request, username="second", **values)


@pytest.mark.parametrize(
    "wrong",
    [{"password2": "other"}, {"password1": "12345678", "password2": "12345678"}, {"username": ""}],
)
def test_mistakes_are_said_beside_their_field(wrong: dict[str, str]) -> None:
    response = Client().post("/setup", {**FORM, **wrong})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert PASSWORD not in response.content.decode()
    assert not User.objects.exists()
