"""Whose account an identity is, and what a provider can't change here."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from accounts.identities.people import account_of
from accounts.identities.said import IdentityRefusedError, Voucher
from accounts.oidc.provider import said_by, source
from accounts.sign_in.records import note_provider, provider_of
from audit.tests.actors import by

pytestmark = pytest.mark.django_db


def signed_in(sub: str = "kim", **claims: Any) -> User:
    return account_of(source(), said_by({"sub": sub, **claims}), by=by(None))


def groups_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_the_same_id_at_another_provider_is_another_person(settings: Settings) -> None:
    settings.CANVAS_OIDC_ISSUER = "https://one.example"
    first = signed_in()
    settings.CANVAS_OIDC_ISSUER = "https://two.example"
    assert signed_in() != first
    settings.CANVAS_OIDC_ISSUER = "https://one.example"
    assert signed_in() == first


def test_an_address_of_somebody_else_is_not_taken_later_either(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    kim = signed_in(email="kim@example.org", email_verified=True)
    with pytest.raises(IdentityRefusedError, match="Another account here has the address"):
        signed_in(email="Alice@example.org", email_verified=True, groups=["new"])
    kim.refresh_from_db()
    assert (kim.email, groups_of(kim)) == ("kim@example.org", set())
    assert not EmailAddress.objects.filter(email="alice@example.org").exists()


@pytest.mark.parametrize("is_verified", [True, False])
def test_an_address_is_as_verified_as_the_provider_says(is_verified: bool) -> None:
    kim = signed_in(email="kim@example.org", email_verified=is_verified)
    row = EmailAddress.objects.get()
    assert (row.user, row.email, row.verified) == (kim, "kim@example.org", is_verified)


def test_nobody_is_called_by_an_address_that_is_not_verified() -> None:
    """What people share with the address would go to them."""
    name = "victim@example.org"
    claims = {"preferred_username": name, "email": name}
    assert signed_in("eve", **claims, email_verified=False).username == "victim"
    assert signed_in("eve2", preferred_username="boss@example.org").username == "boss"
    other = "kim@example.org"
    verified = {"preferred_username": other, "email": other, "email_verified": True}
    assert signed_in("kim", **verified).username == other


def test_who_is_switched_off_here_does_not_come_in(settings: Settings) -> None:
    settings.CANVAS_OIDC_ADMIN_GROUPS = ["root"]
    User.objects.filter(pk=signed_in().pk).update(is_active=False)
    with pytest.raises(IdentityRefusedError, match="switched this account off"):
        signed_in(groups=["root"])
    kim = User.objects.get()
    assert (kim.is_active, kim.is_superuser, groups_of(kim)) == (False, False, set())


def test_administrators_are_staff_as_long_as_they_are_administrators(settings: Settings) -> None:
    settings.CANVAS_OIDC_ADMIN_GROUPS, settings.CANVAS_OIDC_STAFF_GROUPS = ["root"], []
    for groups, is_admin in ((["root"], True), ([], False)):
        user = signed_in(groups=groups)
        assert (user.is_staff, user.is_superuser) == (is_admin, is_admin)


def test_only_groups_that_match_are_taken(settings: Settings) -> None:
    settings.CANVAS_OIDC_GROUPS = ["team-*", "x*"]
    named = ["team-a", "team", "Team-b", "my team-c", "x" * 151, "x" * 150]
    assert groups_of(signed_in(groups=named)) == {"team-a", "x" * 150}


def test_what_vouches_for_one_person_vouches_for_nobody_else(alice: User, bob: User) -> None:
    """Somebody may come by the provider, give up at the second step, and type a password."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    note_provider(request, alice, Voucher(source(), "kim"), session="sid")
    assert provider_of(request, alice)["subject"] == "kim"
    assert provider_of(request, bob) == {}
