"""Signing up: off, by domain, by invitation; and that an address is always verified."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.mail import wait_until_sent
from accounts.sign_up import links
from accounts.sign_up.links import sign_up_path
from audit.models import AuditLog

PASSWORD = "four quiet words here"
FORM = {"username": "kim", "name": "Kim Ott", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def by_domain(db: None, settings: Settings) -> None:
    settings.CANVAS_SIGN_UP_DOMAINS = ["example.org"]


def mails() -> list[str]:
    wait_until_sent()
    return [str(message.body) for message in mail.outbox]


def link_in(body: str) -> str:
    found = re.search(r"http://testserver(/account/sign-up/\S+)", body)
    assert found, body
    return found[1]


def invited(email: str, next_path: str = "") -> str:
    return sign_up_path(email, next_path)


def test_it_is_off(db: None) -> None:
    assert Client().get("/account/sign-up").status_code == 404
    assert "Sign up" not in Client().get("/login").content.decode()


def test_only_addresses_of_the_domain_get_a_link(by_domain: None) -> None:
    for email in ("kim@elsewhere.org", "kim@example.org.evil.net", "kim@sub.example.org"):
        response = Client().post("/account/sign-up", {"email": email})
        assert response.status_code == 422
        assert "Only addresses of example.org" in response.content.decode()
    assert mails() == []


def test_the_link_makes_an_account_with_a_verified_address(by_domain: None) -> None:
    client = Client()
    assert client.post("/account/sign-up", {"email": "Kim@Example.org"}).status_code == 200
    path = link_in(mails()[0])
    assert "kim@example.org" in client.get(path).content.decode()
    assert client.post(path, FORM)["Location"] == "/"
    row = EmailAddress.objects.get()
    assert (row.email, row.verified, row.user.get_full_name()) == (
        "kim@example.org",
        True,
        "Kim Ott",
    )
    assert client.get("/account/security").status_code == 200
    assert AuditLog.objects.filter(action="auth_sign_up", target_label="kim").count() == 1


def test_nobody_learns_who_has_an_account(by_domain: None) -> None:
    User.objects.create_user("kim", "kim@example.org", PASSWORD)
    pages = [
        Client().post("/account/sign-up", {"email": f"{name}@example.org"}).content.decode()
        for name in ("kim", "new")
    ]
    known, new = (re.sub(r'value="[^"]*"', "", page) for page in pages)
    assert known.replace("kim@", "new@") == new
    bodies = mails()
    assert len([body for body in bodies if "have an account already" in body]) == 1
    assert len([body for body in bodies if "/account/sign-up/" in body]) == 1


def test_a_link_is_good_for_its_address_and_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = invited("kim@example.org", "/board/1")
    assert Client().post(path, {**FORM, "email": "eve@example.org"})["Location"] == "/board/1"
    assert User.objects.get().email == "kim@example.org"
    for wrong in (path, path[:-3], "/account/sign-up/x", "/account/sign-up/" + "x" * 3000):
        assert Client().post(wrong, {**FORM, "username": "eve"}).status_code == 403
    other = invited("old@example.org")
    monkeypatch.setattr(links, "LINK_SECONDS", -1)
    assert Client().get(other).status_code == 403
    assert User.objects.count() == 1


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "x", "/\\evil.example"])
def test_an_invitation_never_leads_to_another_site(db: None, path: str) -> None:
    assert Client().post(invited("kim@example.org", path), FORM)["Location"] == "/"


def test_a_name_is_free_in_all_spellings(db: None) -> None:
    User.objects.create_user("Kim", password=PASSWORD)
    response = Client().post(invited("kim@example.org"), FORM)
    assert response.status_code == 422
    assert "Somebody has this name already." in response.content.decode()


def test_links_are_not_sent_without_end(by_domain: None, settings: Settings) -> None:
    for _ in range(settings.CANVAS_MAIL_LINKS_PER_ADDRESS):
        Client().post("/account/sign-up", {"email": "kim@example.org"})
    assert Client().post("/account/sign-up", {"email": "kim@example.org"}).status_code == 429
    assert len(mails()) == settings.CANVAS_MAIL_LINKS_PER_ADDRESS


def test_not_where_the_identity_provider_decides(by_domain: None, settings: Settings) -> None:
    settings.CANVAS_OIDC_ISSUER, settings.CANVAS_OIDC_CLIENT_ID = "https://id.example", "canvas"
    settings.CANVAS_OIDC_ONLY = True
    assert Client().get("/account/sign-up").status_code == 404
    assert Client().get(invited("kim@example.org")).status_code == 404
