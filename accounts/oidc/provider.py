"""The provider as django-allauth sees it: addresses, keys, and what its tokens say.

OpenID Connect Core 1.0. The signature of every token is checked, also of those that came straight
from the provider, and each sign-in has a nonce.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt
import requests
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.identities.said import (
    IdentityRefusedError,
    Said,
    Source,
    email_of,
    groups_of,
    text_of,
)
from accounts.mail import whom_to_ask
from audit.actions import AuditVia

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a key pair. With others the provider's public key could sign."""
LIFETIME_SECONDS = 600
"""How long addresses and keys are kept; a token with an unknown key asks for them again."""
KEYS_AGAIN_SECONDS = 10
"""Strangers can't make this server ask for keys more often."""
CLOCK_SKEW_SECONDS = 60
TIMEOUT_SECONDS = 5
FAILED_SECONDS = 5
"""So long after a failure nobody asks the provider again."""
ANSWER_MAX_BYTES = 1_000_000
PIECE_BYTES = 16_384


class ProviderDownError(Exception):
    """The provider can't be reached, or does not answer as OpenID Connect says."""


class ProviderTokenError(OAuth2Error):  # type: ignore[misc]  # allauth has no types
    """A token of the provider is not valid here."""


class _Directory:
    """Addresses and keys of the provider, kept for a while.

    One request at a time asks the provider; the others wait as long as it may take. After a
    failure all are told so for some seconds without asking: otherwise strangers could have every
    thread wait for a provider that does not answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """For tests, and when the settings are others."""
        self._addresses: dict[str, Any] = {}
        self._addresses_at = -float(LIFETIME_SECONDS)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._keys_at = -float(LIFETIME_SECONDS)
        self._failed_at = -float(LIFETIME_SECONDS)
        self._failure = ""

    def addresses(self) -> dict[str, Any]:
        """The provider's own description. Raises `ProviderDownError`."""
        if self._addresses and time.monotonic() - self._addresses_at < LIFETIME_SECONDS:
            return self._addresses
        with self._asking():
            return self._known_addresses()

    def key(self, key_id: str | None) -> jwt.PyJWK:
        """The public key with an id. Raises `ProviderDownError` and `ProviderTokenError`."""
        found = self._find(key_id)
        if found is None or time.monotonic() - self._keys_at > LIFETIME_SECONDS:
            with self._asking():
                found = self._known_key(key_id)
        if found is None:
            raise ProviderTokenError("unknown key")
        return found

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=TIMEOUT_SECONDS):
            raise ProviderDownError("others wait for it")
        try:
            if time.monotonic() - self._failed_at < FAILED_SECONDS:
                raise ProviderDownError(self._failure)
            try:
                yield
            except ProviderDownError as error:
                self._failed_at, self._failure = time.monotonic(), str(error)
                raise
        finally:
            self._lock.release()

    def _known_addresses(self) -> dict[str, Any]:
        now = time.monotonic()
        if self._addresses and now - self._addresses_at < LIFETIME_SECONDS:
            return self._addresses
        issuer = settings.CANVAS_OIDC_ISSUER.rstrip("/")
        found = _fetched(f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise ProviderDownError(f"it calls itself {found.get('issuer')!r}")
        missing = {"authorization_endpoint", "token_endpoint", "jwks_uri"} - found.keys()
        if missing:
            raise ProviderDownError(f"it does not say its {', '.join(sorted(missing))}")
        self._addresses, self._addresses_at = found, now
        return found

    def _known_key(self, key_id: str | None) -> jwt.PyJWK | None:
        now = time.monotonic()
        age = now - self._keys_at
        if age > LIFETIME_SECONDS or (self._find(key_id) is None and age > KEYS_AGAIN_SECONDS):
            self._read_keys()
            self._keys_at = now
        return self._find(key_id)

    def _find(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id or "")

    def _read_keys(self) -> None:
        found = _fetched(self._known_addresses()["jwks_uri"])
        try:
            keys = jwt.PyJWKSet.from_dict(found).keys
        except (jwt.PyJWTError, AttributeError, TypeError) as error:
            raise ProviderDownError("its keys can't be read") from error
        self._keys = {key.key_id or "": key for key in keys if key.public_key_use != "enc"}


directory = _Directory()
"""Of this process."""


def _fetched(address: str) -> dict[str, Any]:
    """A small JSON object. Raises `ProviderDownError`."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    data = b""
    try:
        with requests.get(address, timeout=TIMEOUT_SECONDS, stream=True) as response:
            response.raise_for_status()
            for piece in response.iter_content(PIECE_BYTES):
                data += piece
                if len(data) > ANSWER_MAX_BYTES or time.monotonic() > deadline:
                    raise ProviderDownError("its answer is too long, or too slow")
        found = json.loads(data)
    except (requests.RequestException, ValueError, RecursionError) as error:
        raise ProviderDownError(type(error).__name__) from error
    if not isinstance(found, dict):
        raise ProviderDownError("its answer is not an object")
    return found


def verified_claims(token: str, *, required: tuple[str, ...]) -> dict[str, Any]:
    """What a token of the provider for this client says.

    Raises:
        ProviderTokenError: it is forged, too old, or for somebody else.
        ProviderDownError: the keys are needed and can't be had.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise ProviderTokenError("algorithm")
        claims: dict[str, Any] = jwt.decode(
            token,
            directory.key(header.get("kid")).key,
            algorithms=[header["alg"]],
            audience=settings.CANVAS_OIDC_CLIENT_ID,
            issuer=directory.addresses()["issuer"],
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["iss", "aud", "iat", *required]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise ProviderTokenError(type(error).__name__) from error
    audience = claims["aud"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    if is_shared and claims.get("azp") != settings.CANVAS_OIDC_CLIENT_ID:
        raise ProviderTokenError("azp")
    return claims


def source() -> Source:
    """The provider as one that vouches for people."""
    return Source(settings.CANVAS_OIDC_ISSUER, AuditVia.OIDC, "CANVAS_OIDC")


def said_by(claims: dict[str, Any]) -> Said:
    """What the claims of a sign-in say of somebody. Raises `IdentityRefusedError`."""
    name = settings.CANVAS_OIDC_GROUPS_CLAIM
    elsewhere = claims.get("_claim_names")
    if name not in claims and isinstance(elsewhere, dict) and name in elsewhere:
        text = gettext("Your identity provider names more groups than its answer can hold.")
        raise IdentityRefusedError(f"{text} {whom_to_ask()}")
    return Said(
        subject=str(claims["sub"]),
        username=text_of(claims.get("preferred_username")),
        full_name=text_of(claims.get(settings.CANVAS_OIDC_NAME_CLAIM)),
        email=email_of(claims.get("email")),
        is_email_verified=claims.get("email_verified") is True,
        # Many providers leave the claim out for people without groups: they lose those they had.
        groups=groups_of(claims.get(name, [])),
    )


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """The one provider of this installation. It is not in the database."""

    pkce_enabled_default = True

    def __init__(self, request: HttpRequest) -> None:
        app = SocialApp(
            provider="openid_connect",
            provider_id=settings.CANVAS_OIDC_ISSUER,
            name=settings.CANVAS_OIDC_NAME,
            client_id=settings.CANVAS_OIDC_CLIENT_ID,
            secret=settings.CANVAS_OIDC_CLIENT_SECRET,
            settings={
                "scope": settings.CANVAS_OIDC_SCOPES,
                "token_auth_method": settings.CANVAS_OIDC_TOKEN_AUTH or None,
            },
        )
        super().__init__(request, app=app)
        self.oauth2_adapter_class = Adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Never by another claim: only `sub` is unique and stays."""
        return str(data["id_token"]["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing: what the provider says is read again at each sign-in."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Talks to the provider during one sign-in."""

    def get_provider(self) -> Provider:
        return Provider(self.request)

    @property
    def openid_config(self) -> dict[str, Any]:
        return directory.addresses()

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("oidc-callback"))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> Any:
        """The identity with its claims, of the ID token and of the provider's userinfo."""
        id_token = str(kwargs["response"].get("id_token") or "")
        claims = verified_claims(id_token, required=("sub", "exp"))
        merged = {**self._userinfo(token.token, claims["sub"]), **claims}
        login = self.get_provider().sociallogin_from_response(request, {"id_token": merged})
        login.claims, login.id_token = merged, id_token
        return login

    def _userinfo(self, access_token: str, subject: str) -> dict[str, Any]:
        if "userinfo_endpoint" not in self.openid_config:
            return {}
        found = self._fetch_user_info(access_token)
        # OpenID Connect Core 5.3.2: otherwise it may be about somebody else.
        if not isinstance(found, dict) or found.get("sub") != subject:
            raise ProviderTokenError("userinfo")
        return found
