"""What an identity provider answers counts only if it is for this sign-in and this program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.oidc.provider import directory
from accounts.tests.oidc_answers import CLIENT_ID, AnsweringProvider, answering_provider

OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def provider(db: None, settings: Settings) -> Iterator[AnsweringProvider]:
    with answering_provider() as made:
        settings.CANVAS_OIDC_ISSUER, settings.CANVAS_OIDC_CLIENT_ID = made.issuer, CLIENT_ID
        settings.CANVAS_OIDC_CLIENT_SECRET = "a secret"
        directory.forget()
        yield made
        directory.forget()


def is_in(client: Client) -> bool:
    return client.get("/account/security").status_code == 200


def is_refused(client: Client, provider: AnsweringProvider) -> bool:
    """With a clear sentence and nothing half done."""
    response = provider.come_back(client)
    assert response.status_code == 403
    assert "The answer of the identity provider can&#x27;t be used." in response.content.decode()
    return not is_in(client) and not User.objects.exists()


def test_the_right_answer_signs_in_and_the_code_comes_with_its_proof(
    provider: AnsweringProvider,
) -> None:
    """PKCE: who has only read the code on its way can do nothing with it."""
    client = Client()
    provider.begin(client)
    provider.sign()
    assert provider.come_back(client).status_code == 302
    assert is_in(client)
    assert User.objects.get().get_username() == "kim"
    assert provider.is_proven
    first = provider.asked
    provider.begin(Client())
    for name in ("state", "nonce", "code_challenge"):
        assert provider.asked[name] != first[name], name


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": None},
        {"nonce": ""},
        {"nonce": "of another sign-in"},
        {"aud": "another program"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another program"]},
        {"aud": [CLIENT_ID, "another program"], "azp": "another program"},
        {"iss": "https://other.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_token_for_something_else_is_refused(
    provider: AnsweringProvider, changes: dict[str, Any]
) -> None:
    client = Client()
    provider.begin(client)
    provider.sign(**changes)
    assert is_refused(client, provider)


def test_a_token_of_several_programs_names_the_one_it_is_for(provider: AnsweringProvider) -> None:
    client = Client()
    provider.begin(client)
    provider.sign(aud=[CLIENT_ID, "another program"], azp=CLIENT_ID)
    assert provider.come_back(client).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(OTHER_KEY, "RS256"), ("", "none"), ("a secret of at least thirty-two characters", "HS256")],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    provider: AnsweringProvider, key: Any, algorithm: str
) -> None:
    client = Client()
    provider.begin(client)
    provider.sign(key, algorithm)
    assert is_refused(client, provider)


@pytest.mark.parametrize("userinfo", [{"sub": "lee"}, {}])
def test_what_is_said_about_somebody_else_is_refused(
    provider: AnsweringProvider, userinfo: dict[str, Any]
) -> None:
    client = Client()
    provider.begin(client)
    provider.sign()
    provider.userinfo = userinfo
    assert is_refused(client, provider)


def test_an_answer_without_a_token_is_refused(provider: AnsweringProvider) -> None:
    client = Client()
    provider.begin(client)
    assert is_refused(client, provider)


def test_the_answer_of_another_sign_in_is_refused(provider: AnsweringProvider) -> None:
    """A token that was got for one browser does not sign in another."""
    mine, theirs = Client(), Client()
    provider.begin(theirs)
    provider.sign()
    provider.begin(mine)
    assert is_refused(mine, provider)
