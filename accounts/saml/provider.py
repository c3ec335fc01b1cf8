"""The provider's metadata, and python3-saml set up for one request."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

import requests
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.socialaccount.providers.saml.utils import build_saml_config, prepare_django_request
from django.conf import settings
from django.http import HttpRequest
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings

logger = logging.getLogger(__name__)

SLUG = "saml"
"""What stands in the addresses that django-allauth makes."""
LIFETIME_SECONDS = 600
"""How long metadata is kept; if it can't be read again then, the old one goes on."""
TIMEOUT_SECONDS = 5
FAILED_SECONDS = 5
"""So long after a failure nobody asks again."""
METADATA_MAX_BYTES = 20_000_000
"""That of a federation holds thousands of providers."""
PIECE_BYTES = 65_536
_OURS = {
    "strict": True,
    "want_assertion_signed": True,
    "want_attribute_statement": False,
    "reject_deprecated_algorithm": True,
}


class ProviderDownError(Exception):
    """The provider's metadata can't be read, or holds no provider."""


class _Metadata:
    """Of this process. One request at a time reads it; the others wait as long as that may take.
    After a failure nobody tries for some seconds: otherwise strangers could have every thread wait.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, Any] = {}
        self._read_at = -float(LIFETIME_SECONDS)
        self._failed_at = -float(LIFETIME_SECONDS)

    def provider(self) -> dict[str, Any]:
        """Entity id, addresses and certificates. Raises `ProviderDownError`."""
        if not self._is_due() and self._found:
            return self._found
        if not self._lock.acquire(timeout=TIMEOUT_SECONDS):
            raise ProviderDownError("others wait for its metadata")
        try:
            if self._is_due():
                self._read_again()
        finally:
            self._lock.release()
        if not self._found:
            raise ProviderDownError("its metadata could not be read a moment ago")
        return self._found

    def _is_due(self) -> bool:
        now = time.monotonic()
        return now - self._read_at > LIFETIME_SECONDS and now - self._failed_at > FAILED_SECONDS

    def _read_again(self) -> None:
        try:
            self._found = _read()
        except ProviderDownError as error:
            self._failed_at = time.monotonic()
            if not self._found:
                raise
            logger.warning("saml: the metadata of before goes on: %s", error)
        else:
            self._read_at = time.monotonic()


metadata = _Metadata()


def _read() -> dict[str, Any]:
    place = settings.CANVAS_SAML_METADATA
    try:
        data = Path(place).read_bytes() if place.startswith("/") else _fetched(place)
        found = OneLogin_Saml2_IdPMetadataParser.parse(
            data, entity_id=settings.CANVAS_SAML_PROVIDER or None
        )
    except (OSError, ValueError, LxmlError) as error:  # those of requests are OSErrors
        raise ProviderDownError(f"{place}: {type(error).__name__}") from error
    provider: dict[str, Any] = found.get("idp", {})
    has_certificate = provider.get("x509cert") or provider.get("x509certMulti", {}).get("signing")
    if not (provider.get("entityId") and provider.get("singleSignOnService") and has_certificate):
        raise ProviderDownError(f"{place}: no address for redirects, or no certificate")
    return provider


def _fetched(address: str) -> bytes:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    data = b""
    with requests.get(address, timeout=TIMEOUT_SECONDS, stream=True) as response:
        response.raise_for_status()
        for piece in response.iter_content(PIECE_BYTES):
            data += piece
            if len(data) > METADATA_MAX_BYTES or time.monotonic() > deadline:
                raise ProviderDownError(f"{address}: too large, or too slow")
    return data


def issuer() -> str:
    """The provider's name for itself."""
    return str(metadata.provider()["entityId"])


def provider_of(request: HttpRequest) -> SAMLProvider:
    """For the state of a sign-in. It is not in the database."""
    app = SocialApp(provider=SLUG, provider_id=SLUG, client_id=SLUG, settings={})
    return SAMLProvider(request, app=app)


def auth_of(request: HttpRequest, *, is_logout: bool = False) -> OneLogin_Saml2_Auth:
    """The protocol for one request. Raises `ProviderDownError`."""
    return OneLogin_Saml2_Auth(
        prepare_django_request(request), _configuration(request, is_logout=is_logout)
    )


def our_metadata(request: HttpRequest) -> bytes:
    """What the provider reads of us."""
    configuration = _configuration(request, is_logout=False)
    found = OneLogin_Saml2_Settings(configuration, sp_validation_only=True).get_sp_metadata()
    return found if isinstance(found, bytes) else str(found).encode()


def _signing() -> dict[str, Any]:
    """With a key, what we say of logouts is signed, and our metadata has the certificate."""
    if not settings.CANVAS_SAML_KEY:
        return {}
    return {
        "private_key": settings.CANVAS_SAML_KEY,
        "x509cert": settings.CANVAS_SAML_CERTIFICATE,
        "logout_request_signed": True,
        "logout_response_signed": True,
    }


def _configuration(request: HttpRequest, *, is_logout: bool) -> dict[str, Any]:
    provider = metadata.provider()
    chosen: dict[str, Any] = {
        # A sign-in carries its signature in the assertion, a logout around the message.
        "advanced": {**_OURS, "want_message_signed": is_logout, **_signing()},
        "idp": {"entity_id": "", "x509cert": "", "sso_url": ""},
        "sp": {"entity_id": settings.CANVAS_SAML_ENTITY_ID},
    }
    configuration: dict[str, Any] = build_saml_config(request, chosen, SLUG)
    configuration["idp"] = provider
    return configuration
