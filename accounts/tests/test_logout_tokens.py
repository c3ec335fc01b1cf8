"""Which tokens of the provider's back channel end sessions, all signed by its key."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm
from pytest_django.fixtures import Settings

from accounts.models import SignIn
from accounts.oidc import provider
from accounts.oidc.logout import LOGOUT_EVENT, TOKEN_AGE_SECONDS

ISSUER = "https://id.example"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def _with_provider(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CANVAS_OIDC_ISSUER, settings.CANVAS_OIDC_CLIENT_ID = ISSUER, "canvas"
    public = jwt.PyJWK.from_dict(json.loads(RSAAlgorithm.to_jwk(KEY.public_key())))
    monkeypatch.setattr(provider.directory, "addresses", lambda: {"issuer": ISSUER})
    monkeypatch.setattr(provider.directory, "key", lambda _: public)


def status_of(**changes: Any) -> int:
    claims = {
        "iss": ISSUER,
        "aud": "canvas",
        "sub": "kim",
        "jti": "1",
        "iat": int(time.time()),
        "events": {LOGOUT_EVENT: {}},
    }
    said = {name: value for name, value in (claims | changes).items() if value is not None}
    token = jwt.encode(said, KEY, algorithm="RS256")
    return Client().post("/login/provider/logout", {"logout_token": token}).status_code


def test_a_good_one_counts_once() -> None:
    assert [status_of(), status_of(), status_of(jti="2")] == [200, 400, 200]


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "of an id token"},
        {"events": None},
        {"events": {}},
        {"events": [LOGOUT_EVENT]},
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"aud": ["canvas", "another"]},
        {"aud": ["canvas", "another"], "azp": "another"},
        {"jti": None},
        {"sub": None},
        {"sub": ["kim"]},
        {"sub": "kim\0"},
    ],
)
def test_others_are_refused(changes: dict[str, Any]) -> None:
    assert status_of(**changes) == 400


@pytest.mark.parametrize("seconds", [-TOKEN_AGE_SECONDS - 1000, 1000])
def test_those_of_another_time_are_refused(seconds: int) -> None:
    assert status_of(iat=int(time.time()) + seconds) == 400


def test_one_for_several_programs_names_the_one_it_is_for() -> None:
    assert status_of(aud=["canvas", "another"], azp="canvas") == 200


def test_it_ends_the_session_that_it_names_and_no_other(alice: User, bob: User) -> None:
    def sign_in(user: User, key: str, **said: str) -> None:
        now = timezone.now()
        known = {"issuer": ISSUER, "subject": "kim", "provider_session": "s1", **said}
        SignIn.objects.create(
            user=user, session_key=key, via="oidc", started_at=now, seen_at=now, **known
        )

    sign_in(alice, "named")
    sign_in(alice, "another session", provider_session="s2")
    sign_in(bob, "another person", subject="lee")
    sign_in(bob, "another provider", issuer="https://other.example")
    assert status_of(sid="s1", sub="mara") == 200
    assert SignIn.objects.count() == 4, "nobody is called so"
    assert status_of(sid="s1", jti="2") == 200
    left = ["another person", "another provider", "another session"]
    assert sorted(SignIn.objects.values_list("session_key", flat=True)) == left
