"""Changing and resetting a password, sessions, and signing out everywhere."""

from __future__ import annotations

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.limits.duration import ANSWER_SECONDS
from accounts.mail import wait_until_sent
from accounts.models import SignIn
from accounts.sign_in.passwords import MAX_FAILURES_PER_NAME
from accounts.tests.people import PASSWORD, client_of
from audit.models import AuditLog

NEW = "four quiet words here"
CHANGE = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}


def signed_in() -> Client:
    client = Client()
    client.post("/login", {"username": "alice", "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/security").status_code == 200


def token_of(client: Client) -> str:
    body = {"username": "alice", "password": PASSWORD}
    answer = client.post("/api/v1/auth/token", body, content_type="application/json")
    return str(answer.json()["access"])


def is_valid(token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    return Client().get("/api/v1/boards", headers=headers).status_code == 200


def test_a_new_password_ends_other_sessions_and_tokens(alice: User) -> None:
    here, there, token = signed_in(), signed_in(), token_of(Client())
    assert here.post("/account/password", CHANGE).status_code == 302
    assert (is_in(here), is_in(there), is_valid(token)) == (True, False, False)
    assert AuditLog.objects.filter(action="auth_password_change").count() == 1
    assert SignIn.objects.get(session_key=here.session.session_key).user == alice


def test_a_password_of_thousands_of_characters_is_neither_set_nor_checked(alice: User) -> None:
    long = "four quiet words " * 250
    client = signed_in()
    for form in (
        {**CHANGE, "password1": long, "password2": long},
        {**CHANGE, "oldpassword": long},
    ):
        assert client.post("/account/password", form).status_code == 422
        assert is_in(client)
    wrong = {**CHANGE, "oldpassword": long}
    for _ in range(MAX_FAILURES_PER_NAME):
        client.post("/account/password", wrong)
    assert client.post("/account/password", CHANGE).status_code == 302, "none of it was a guess"


def test_the_old_password_is_not_guessed(alice: User) -> None:
    client = signed_in()
    wrong = {**CHANGE, "oldpassword": "wrong"}
    answers = [
        client.post("/account/password", wrong).status_code
        for _ in range(MAX_FAILURES_PER_NAME + 1)
    ]
    assert answers[:-1] == [422] * MAX_FAILURES_PER_NAME
    assert "Too many attempts" in client.post("/account/password", CHANGE).content.decode()
    assert not User.objects.get().check_password(NEW)


def test_signing_out_everywhere_ends_other_sessions_and_tokens(alice: User) -> None:
    here, there, token = signed_in(), signed_in(), token_of(Client())
    assert here.post("/account/sessions/end").status_code == 302
    assert (is_in(here), is_in(there), is_valid(token)) == (True, False, False)
    assert is_valid(token_of(Client())), "a new one is good"
    row = AuditLog.objects.get(action="auth_sessions_end")
    assert row.data["sessions"] == 1


def test_one_session_is_ended_by_its_owner_only(alice: User, bob: User) -> None:
    here, there = signed_in(), signed_in()
    row = SignIn.objects.get(session_key=there.session.session_key)
    client_of(bob).post(f"/account/sessions/{row.pk}/end")
    assert is_in(there)
    here.post(f"/account/sessions/{row.pk}/end")
    assert (is_in(here), is_in(there)) == (True, False)


def test_a_session_is_listed_by_its_browser_and_forgotten_with_it(alice: User) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/144.0"
    client = Client(headers={"User-Agent": agent})
    client.post("/login", {"username": "alice", "password": PASSWORD})
    assert "Firefox, Windows" in client.get("/account/security").content.decode()
    client.post("/logout")
    assert not SignIn.objects.exists()


def test_the_log_decides_how_much_of_an_address_is_kept(alice: User, settings: Settings) -> None:
    settings.CANVAS_AUDIT_IP_MODE = "none"
    signed_in()
    assert SignIn.objects.get().ip_address is None


def reset_link() -> str:
    wait_until_sent()
    found = re.search(r"http://testserver(/account/password/reset/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_a_forgotten_password_is_reset_by_mail_once(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email="alice@example.org", verified=True, primary=True)
    there, client = signed_in(), Client()
    assert client.post("/account/password/reset", {"email": "alice@example.org"}).status_code == 302
    path = reset_link()
    form = client.get(path)["Location"]
    assert "set-password" in form, "the key leaves the address"
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert User.objects.get().check_password(NEW)
    assert not is_in(there)
    assert AuditLog.objects.filter(action="auth_password_reset").count() == 1
    assert "no longer works" in Client().get(path).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(alice: User) -> None:
    response = Client().post("/account/password/reset", {"email": "nobody@example.org"})
    assert response["Location"] == "/account/password/reset/sent"
    wait_until_sent()
    assert mail.outbox == []


def test_resets_are_not_asked_for_without_end(db: None, settings: Settings) -> None:
    data = {"email": "nobody@example.org"}
    for _ in range(settings.CANVAS_MAIL_LINKS_PER_ADDRESS):
        assert Client().post("/account/password/reset", data).status_code == 302
    response = Client().post("/account/password/reset", data)
    assert (response.status_code, "Retry-After" in response) == (429, True)


@pytest.mark.parametrize("path", ["/account/password/reset", "/account/email"])
def test_without_mail_pages_say_whom_to_ask(alice: User, settings: Settings, path: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.CANVAS_HELP_CONTACT = "Kim in room 12"
    page = client_of(alice).get(path).content.decode()
    assert "sends no mail" in page
    assert "Ask Kim in room 12." in page


def test_an_email_address_is_taken_after_it_was_verified(alice: User) -> None:
    client = signed_in()
    client.post("/account/confirm?next=/account/email", {"password": PASSWORD})
    client.post("/account/email", {"action_add": "1", "email": "new@example.org"})
    assert User.objects.get().email == ""
    wait_until_sent()
    found = re.search(r"http://testserver(/account/email/\S+)", str(mail.outbox[-1].body))
    assert found
    assert "Is this your address?" in client.get(found[1]).content.decode()
    assert User.objects.get().email == "", "opening it is not enough: mail scanners do"
    client.post(found[1])
    assert User.objects.get().email == "new@example.org"
    assert AuditLog.objects.filter(action="auth_email_change").count() == 1


@pytest.mark.true_durations
def test_asking_for_a_link_takes_the_same_time_whoever_has_the_address(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")

    def taken(email: str) -> float:
        started = time.monotonic()
        assert Client().post("/account/password/reset", {"email": email}).status_code == 302
        return time.monotonic() - started

    known, unknown = taken("alice@example.org"), taken("nobody@example.org")
    assert min(known, unknown) >= ANSWER_SECONDS, "longer than the work of either"
