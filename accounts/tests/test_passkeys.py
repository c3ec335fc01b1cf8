"""Passkeys of others, passkeys where the identity provider decides, and too many of them."""

from __future__ import annotations

import base64
import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.tests.people import PASSWORD, confirmed, make_user
from accounts.tests.soft_key import SoftKey


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def with_key(alice: User) -> SoftKey:
    key = SoftKey()
    assert key.register(confirmed(alice)) == 302
    return key


def test_a_passkey_opens_its_account_and_no_other(alice: User, with_key: SoftKey) -> None:
    client = Client()
    assert with_key.sign_in(client) == 302
    assert client.session["_auth_user_id"] == str(alice.pk)
    bob = make_user("bob")
    other = SoftKey()
    other.register(confirmed(bob))
    for handle in (with_key._handle, "", "x", "AAAA", "\ud800"):
        client = Client()
        assert other.sign_in(client, userHandle=handle) in (302, 422)
        assert not is_in(client), handle
    browser = confirmed(bob)
    foreign = Authenticator.objects.get(user=alice, type="webauthn")
    for what in ("rename", "remove"):
        assert (
            browser.post(f"/account/passkeys/{foreign.pk}/{what}", {"name": "x"}).status_code == 404
        )
    assert foreign.wrap().name == Authenticator.objects.get(pk=foreign.pk).wrap().name


def test_an_answer_is_right_once_and_for_its_own_challenge(alice: User, with_key: SoftKey) -> None:
    client = Client()
    form = with_key.answer(client)
    assert client.post("/login/passkey", form).status_code == 302
    for browser in (Client(), client):
        browser.logout()
        browser.post("/login/passkey", form)
        with_key.answer(browser)  # asks for another challenge
        browser.post("/login/passkey", form)
        assert not is_in(browser)


def test_not_where_only_the_identity_provider_signs_people_in(
    alice: User, with_key: SoftKey, settings: Settings
) -> None:
    """Somebody whose account there has ended keeps no way in; administrators do."""
    settings.CANVAS_OIDC_ISSUER, settings.CANVAS_OIDC_CLIENT_ID = "https://id.example", "canvas"
    settings.CANVAS_OIDC_ONLY = True
    client = Client()
    with_key.sign_in(client)
    assert not is_in(client)
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    with_key.sign_in(client)
    assert is_in(client)
    settings.CANVAS_OIDC_ADMIN_PASSWORDS = False
    client = Client()
    with_key.sign_in(client)
    assert not is_in(client)
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    data = {"username": "alice", "password": PASSWORD}
    assert client.post("/login", data).status_code == 422


def test_an_account_has_so_many_passkeys(
    alice: User, with_key: SoftKey, settings: Settings
) -> None:
    assert settings.CANVAS_MAX_PASSKEYS <= 50
    settings.CANVAS_MAX_PASSKEYS = 2
    client = confirmed(alice)
    assert [SoftKey().register(client) for _ in range(3)] == [302, 422, 422]
    assert Authenticator.objects.filter(user=alice, type="webauthn").count() == 2


DEEP_JSON = b'{"a":' + b"[" * 12_000
DEEP_CBOR = b"\x81" * 9000


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("said", [DEEP_JSON, b"{}", b'{"type":"webauthn.get","challenge":[]}'])
@pytest.mark.parametrize("key", [DEEP_CBOR, b"\xa3cfmtdnonegattStmt" + DEEP_CBOR, b""])
def test_a_deep_answer_is_a_wrong_one(alice: User, said: bytes, key: bytes) -> None:
    response = {"clientDataJSON": encoded(said), "signature": encoded(b"x")}
    # What a new key says of itself, and what a known one does: with data of extensions.
    response |= {
        "attestationObject": encoded(key),
        "authenticatorData": encoded(bytes(32) + b"\x81" + bytes(4) + key),
    }
    answer = {"id": encoded(b"a"), "rawId": encoded(b"a"), "type": "public-key"}
    form = {"credential": json.dumps({**answer, "response": response}), "name": "Key"}
    stranger, owner = Client(), confirmed(alice)
    stranger.get("/login/passkey", headers={"Accept": "application/json"})
    stranger.post("/login/passkey", form)
    assert not is_in(stranger)
    owner.get("/account/passkeys/add")
    assert owner.post("/account/passkeys/add", form).status_code == 422
    assert not Authenticator.objects.exists()
