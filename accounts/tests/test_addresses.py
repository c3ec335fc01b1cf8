"""Nobody gets another one's account, invitation or sign-in by claiming their mail address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.addresses import has_account, holder_of
from accounts.identities.people import account_of
from accounts.identities.said import IdentityRefusedError
from accounts.mail import wait_until_sent
from accounts.oidc.provider import said_by, source
from accounts.sign_up.links import invitation_of
from accounts.tests.people import PASSWORD, client_of, make_user
from accounts.tests.test_sign_up import invited
from audit.tests.actors import by

ISSUER = "https://id.example"
VICTIM = "mara@example.org"


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def confirmed(bob: User) -> Client:
    """Bob's browser, after he gave his password again."""
    client = client_of(bob)
    assert client.post("/account/confirm", {"password": PASSWORD}).status_code == 302
    return client


def email_post(client: Client, action: str, email: str = VICTIM) -> int:
    data = {f"action_{action}": "1", "email": email}
    return client.post("/account/email", data).status_code


def links() -> list[str]:
    wait_until_sent()
    found = [
        re.search(r"http://testserver(/account/email/\S+)", str(one.body)) for one in mail.outbox
    ]
    return [one[1] for one in found if one]


def signed_in_by_provider(**claims: Any) -> User:
    return account_of(source(), said_by({"sub": "mara", **claims}), by=by(None))


@pytest.mark.parametrize("may_link", [True, False])
def test_an_address_that_somebody_only_typed_is_nobodys(
    bob: User, confirmed: Client, settings: Settings, may_link: bool
) -> None:
    settings.CANVAS_OIDC_LINK_EMAIL = may_link
    assert email_post(confirmed, "add") == 302
    assert EmailAddress.objects.filter(user=bob, email=VICTIM, verified=False).exists()
    assert not has_account(VICTIM)
    assert invitation_of(invited(VICTIM).removeprefix("/account/sign-up/")).email == VICTIM
    user = signed_in_by_provider(email=VICTIM, email_verified=True)
    assert user.pk != bob.pk
    assert holder_of(VICTIM.upper()) == user
    # And she keeps it: Bob can't verify it any more.
    path = links()[0]
    assert "Someone else uses this email address." in confirmed.get(path).content.decode()
    confirmed.post(path)
    assert not EmailAddress.objects.filter(user=bob, verified=True).exists()


def test_identities_are_linked_by_a_verified_address_only(bob: User, settings: Settings) -> None:
    EmailAddress.objects.create(user=bob, email="bob@example.org", verified=True, primary=True)
    claims = {"email": "Bob@Example.org", "email_verified": True}
    with pytest.raises(IdentityRefusedError, match="Another account here has the address"):
        signed_in_by_provider(**claims)
    settings.CANVAS_OIDC_LINK_EMAIL = True
    for wrong in ({}, {"email_verified": False}, {"email_verified": "true"}, {"email_verified": 1}):
        with pytest.raises(IdentityRefusedError):
            signed_in_by_provider(email="bob@example.org", **wrong)
    assert signed_in_by_provider(**claims) == bob
    with pytest.raises(IdentityRefusedError):  # another identity of the same provider
        signed_in_by_provider(**{**claims, "sub": "another"})


def test_an_address_becomes_ones_own_by_its_link_alone(bob: User, confirmed: Client) -> None:
    User.objects.filter(pk=bob.pk).update(email="bob@example.org")
    email_post(confirmed, "add")
    for action, email in (("primary", VICTIM), ("remove", "bob@example.org"), ("primary", "x")):
        assert email_post(confirmed, action, email) == 302
        bob.refresh_from_db()
        assert bob.email == "bob@example.org", action
    assert email_post(confirmed, "remove") == 302
    assert not EmailAddress.objects.filter(email=VICTIM).exists()


def test_a_link_gives_an_address_only_to_who_asked_for_it(bob: User, confirmed: Client) -> None:
    """Whoever reads the mail might open a link that gives their address to Bob's account."""
    email_post(confirmed, "add")
    path = links()[0]
    assert Client().post(path)["Location"].startswith("/login?next=")
    other = client_of(make_user("mara"))
    assert "no longer works" in other.get(path).content.decode()
    assert other.post(path).status_code == 404
    assert other.get("/account/security").status_code == 200, "still signed in"
    assert holder_of(VICTIM) is None
    assert confirmed.post(path).status_code in (200, 302)
    assert holder_of(VICTIM) == bob


def test_mails_are_not_sent_to_others_without_end(
    bob: User, confirmed: Client, settings: Settings
) -> None:
    for _ in range(settings.CANVAS_MAIL_LINKS_PER_ADDRESS):
        email_post(confirmed, "add")
        email_post(confirmed, "send")
    assert email_post(confirmed, "send") == 429
    assert len(links()) <= settings.CANVAS_MAIL_LINKS_PER_ADDRESS
    codes = [
        email_post(confirmed, "add", f"m{n}@example.org")
        for n in range(settings.CANVAS_MAIL_LINKS_PER_HOUR)
    ]
    assert codes[-1] == 429
    assert len(links()) <= settings.CANVAS_MAIL_LINKS_PER_HOUR


def test_no_password_is_reset_by_an_address_that_was_only_typed(
    bob: User, confirmed: Client
) -> None:
    """It may have a typing error, and its owner would get the account."""
    email_post(confirmed, "add")
    wait_until_sent()
    mail.outbox.clear()
    assert Client().post("/account/password/reset", {"email": VICTIM}).status_code == 302
    wait_until_sent()
    assert mail.outbox == []
    confirmed.post(links()[0]) if links() else None
    User.objects.filter(pk=bob.pk).update(email="bob@example.org")
    Client().post("/account/password/reset", {"email": "BOB@example.org"})
    wait_until_sent()
    assert [one.to for one in mail.outbox] == [["bob@example.org"]]
