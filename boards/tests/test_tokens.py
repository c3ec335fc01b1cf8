"""Access tokens: everything that must not be accepted, then the one thing that is."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import jwt
import pytest
from django.conf import settings as project_settings
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from boards.identity.tokens import TokenError, issue_access_token, user_of_access_token
from boards.tests.factories import make_user


def reason_for(token: str) -> str:
    with pytest.raises(TokenError) as caught:
        user_of_access_token(token)
    assert not token or token not in str(caught.value)
    return caught.value.reason


def forged(user: User, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token of ours with some claims changed (None: left out), signed with our own key."""
    token, _ = issue_access_token(user)
    claims = jwt.decode(token, options={"verify_signature": False})
    claims = {key: value for key, value in (claims | changes).items() if value is not None}
    key_id, secret = next(iter(project_settings.CANVAS_JWT_KEYS.items()))
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": key_id} | (header or {}))


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "....", "null", "a" * 4096, "\x00"])
def test_what_is_no_token(db: None, token: str) -> None:
    assert reason_for(token) == "invalid"


def test_a_very_long_token_is_not_even_parsed(alice: User) -> None:
    with patch("jwt.get_unverified_header") as parse:
        assert reason_for("a" * 4097) == "too_long"
    parse.assert_not_called()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "canvas:ws"}, "invalid"),
        ({"aud": ["canvas:api", "other"]}, "invalid"),
        ({"aud": ["canvas:api"]}, "invalid"),
        ({"iss": "canvas2"}, "invalid"),
        ({"iss": "can"}, "invalid"),
        ({"sub": 1}, "invalid"),
        ({"sub": "999999"}, "unknown_user"),
        ({"sub": "alice"}, "unknown_user"),
        ({"sub": "9" * 300}, "unknown_user"),
        ({"ver": "0" * 32}, "superseded"),
        ({"ver": 5}, "superseded"),
        ({"exp": 1}, "expired"),
        ({"exp": "soon"}, "invalid"),
        ({"iat": 2**33}, "invalid"),
    ],
)
def test_wrong_claims(alice: User, changes: dict[str, Any], reason: str) -> None:
    assert reason_for(forged(alice, **changes)) == reason


@pytest.mark.parametrize("claim", ["exp", "iat", "aud", "iss", "sub", "jti", "ver"])
def test_missing_claims(alice: User, claim: str) -> None:
    assert reason_for(forged(alice, **{claim: None})) == "invalid"


def test_a_token_ends_at_its_second_and_may_come_from_a_clock_ahead(alice: User) -> None:
    assert reason_for(forged(alice, exp=int(time.time()))) == "expired"
    ahead = forged(alice, iat=int(time.time()) + 5, exp=int(time.time()) + 600)
    assert user_of_access_token(ahead)[0] == alice


def test_no_signature(alice: User) -> None:
    token, _ = issue_access_token(alice)
    header, payload, signature = token.split(".")
    key_id = jwt.get_unverified_header(token)["kid"]
    for algorithm in ("none", "None", "NONE"):
        bare = b64({"alg": algorithm, "typ": "JWT", "kid": key_id})
        assert reason_for(f"{bare}.{payload}.") == "invalid"
        assert reason_for(f"{bare}.{payload}.{signature}") == "invalid"
    assert reason_for(f"{header}.{payload}.") == "invalid"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_with_the_right_key(alice: User, algorithm: str) -> None:
    claims = jwt.decode(issue_access_token(alice)[0], options={"verify_signature": False})
    key_id, secret = next(iter(project_settings.CANVAS_JWT_KEYS.items()))
    token = jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": key_id})
    assert reason_for(token) == "invalid"


def test_changed_payload(alice: User, bob: User) -> None:
    mine, other = issue_access_token(alice)[0].split("."), issue_access_token(bob)[0].split(".")
    assert reason_for(".".join((mine[0], other[1], mine[2]))) == "invalid"


@pytest.mark.parametrize("key_id", ["other", "", 5, None, ["a"]])
def test_unknown_key(alice: User, key_id: Any) -> None:
    key = project_settings.CANVAS_JWT_KEYS
    claims = jwt.decode(issue_access_token(alice)[0], options={"verify_signature": False})
    header = b64({"alg": "HS256", "typ": "JWT", "kid": key_id})
    signing = f"{header}.{b64(claims)}".encode()
    algorithm = jwt.get_algorithm_by_name("HS256")
    signature = algorithm.sign(signing, algorithm.prepare_key(next(iter(key.values()))))
    assert reason_for(f"{signing.decode()}.{b64(signature)}") in {"unknown_key", "invalid"}


def test_a_foreign_key_under_our_name(alice: User, settings: Settings) -> None:
    token, _ = issue_access_token(alice)
    key_id = next(iter(settings.CANVAS_JWT_KEYS))
    settings.CANVAS_JWT_KEYS = {key_id: "another secret that is long enough to sign with"}
    assert reason_for(token) == "invalid"


def test_a_changed_password_ends_every_token(alice: User) -> None:
    token, _ = issue_access_token(alice)
    alice.set_password("another one")
    alice.save()
    assert reason_for(token) == "superseded"


def test_a_switched_off_and_a_deleted_account(alice: User) -> None:
    ghost = make_user("ghost")
    tokens = [issue_access_token(user)[0] for user in (alice, ghost)]
    alice.is_active = False
    alice.save()
    ghost.delete()
    assert [reason_for(token) for token in tokens] == ["inactive_user", "unknown_user"]


def test_keys_can_be_replaced_without_ending_tokens(alice: User, settings: Settings) -> None:
    old = dict(settings.CANVAS_JWT_KEYS)
    token, _ = issue_access_token(alice)
    settings.CANVAS_JWT_KEYS = {"new": "a new secret that is long enough to sign with", **old}
    assert user_of_access_token(token)[0] == alice
    fresh, _ = issue_access_token(alice)
    assert jwt.get_unverified_header(fresh)["kid"] == "new"
    assert user_of_access_token(fresh)[0] == alice


def test_what_was_valid_once_is_checked_again(alice: User, settings: Settings) -> None:
    """Signatures are remembered; neither the end of a token nor that of a key may be."""
    now, token = time.time(), issue_access_token(alice)[0]
    assert user_of_access_token(token)[0] == alice
    with patch("boards.identity.tokens.time.time", lambda: now + 365 * 24 * 3600):
        assert reason_for(token) == "expired"
    assert user_of_access_token(token)[0] == alice
    (key_id,) = settings.CANVAS_JWT_KEYS
    settings.CANVAS_JWT_KEYS = {key_id: "another secret that is long enough to sign with"}
    assert reason_for(token) == "invalid"
    settings.CANVAS_JWT_KEYS = {"new": "another secret that is long enough to sign with"}
    assert reason_for(token) == "unknown_key"


def test_a_token_names_its_user_until_it_expires(alice: User, settings: Settings) -> None:
    settings.CANVAS_ACCESS_TOKEN_SECONDS = 600
    before = datetime.now(tz=UTC)
    token, expires_at = issue_access_token(alice)
    after = datetime.now(tz=UTC)
    assert user_of_access_token(token) == (alice, expires_at)
    assert (expires_at - before).total_seconds() >= 600
    assert (expires_at - after).total_seconds() <= 601
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == str(alice.pk)
    assert issue_access_token(alice)[0] != token
    assert alice.password not in json.dumps(claims)
