"""Tokens for programs: how they look, how they are kept, how they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import ApiToken
from accounts.tokens.secret import LENGTH, digest_of, is_secret, is_whole, new_secret
from accounts.tokens.services import (
    ApiTokenError,
    TooManyTokensError,
    token_create,
    token_find,
    token_revoke,
    token_used,
    tokens_now,
)
from audit.models import AuditLog
from audit.tests.actors import by


def make(user: User, name: str = "CI bot", **values: object) -> tuple[ApiToken, str]:
    given = {"scopes": ["boards:read"], "expires_at": None, **values}
    return token_create(user=user, name=name, by=by(user), **given)  # type: ignore[arg-type]


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice")


def reason_of(secret: str) -> str:
    with pytest.raises(ApiTokenError) as caught:
        token_find(secret)
    return caught.value.reason


def test_a_token_is_long_random_and_known_by_its_beginning() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert is_secret(secret)
        assert is_whole(secret)
        assert len(secret) == LENGTH
    secret = secrets.pop()
    changed = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    for wrong in (changed, secret[:-1], secret + "a", "canvas_", "canvas_" + "ä" * 49):
        assert not is_whole(wrong), wrong


def test_only_a_digest_is_stored(alice: User) -> None:
    token, secret = make(alice)
    row = ApiToken.objects.values().get(pk=token.pk)
    assert secret not in str(row)
    assert row["digest"] == digest_of(secret)
    assert token_find(secret) == token
    assert secret not in str(list(AuditLog.objects.values()))


def test_nobody_is_found_by_a_token_that_ended(alice: User) -> None:
    token, secret = make(alice)
    assert reason_of(new_secret()) == "unknown_token"
    assert reason_of(secret[:-1]) == "invalid"
    assert tokens_now([token.pk]) == {token.pk: token}
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert reason_of(secret) == "inactive_user"
    assert tokens_now([token.pk]) == {}
    User.objects.filter(pk=alice.pk).update(is_active=True)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert reason_of(secret) == "expired"
    assert tokens_now([token.pk]) == {}
    token_revoke(token=token, by=by(alice))
    assert reason_of(secret) == "unknown_token"
    actions = list(AuditLog.objects.order_by("pk").values_list("action", "data__name"))
    assert actions == [("token_issue", "CI bot"), ("token_revoke", "CI bot")]


def test_it_ends_when_the_settings_say(alice: User, settings: Settings) -> None:
    settings.CANVAS_TOKEN_DAYS, settings.CANVAS_TOKEN_MAX_DAYS = 7, 30
    now, day = timezone.now(), timedelta(days=1)
    assert abs(make(alice)[0].expires_at - now - 7 * day) < timedelta(minutes=1)
    assert make(alice, "Long", expires_at=now + 30 * day)[0].expires_at == now + 30 * day
    for wrong in (now - day, now + 32 * day):
        with pytest.raises(ValidationError, match="within 30 days"):
            make(alice, "Wrong", expires_at=wrong)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "CI  bot "])
def test_a_name_is_short_printable_and_its_own(alice: User, name: str) -> None:
    make(alice)
    with pytest.raises(ValidationError):
        make(alice, name)
    make(User.objects.create_user("bob"))  # others may use the same


def test_a_person_has_so_many_tokens(alice: User, settings: Settings) -> None:
    settings.CANVAS_MAX_TOKENS_PER_PERSON = 2
    make(alice, "1")
    make(alice, "2")
    with pytest.raises(TooManyTokensError, match="2 tokens"):
        make(alice, "3")


def test_use_is_noted_once_a_minute(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token, secret = make(alice)
    token_used(token)
    noted = token_find(secret)
    assert noted.last_used_at is not None
    with django_assert_num_queries(0):
        token_used(noted)
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    old = token_find(secret)
    with django_assert_num_queries(1):
        token_used(old)
