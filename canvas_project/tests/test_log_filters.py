"""What the log keeps of addresses that are keys: nothing that opens anything."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern

from canvas_project.log_filters import SecretAddresses, without_keys
from canvas_project.tests.test_every_address import routes

KEY = "eyJlbWFpbCI6Im0ifQ:1xXNvm:XezDZTLblAYFMNjc"


def addresses_with_keys() -> list[str]:
    """Every address that has a key in its path."""
    found = []
    for route in routes():
        pattern: Any = route.pattern
        names = set(pattern.converters) or set(pattern.regex.groupindex)
        # A picture's key is a slug: it is random so that it can change, and opens nothing.
        if names & {"token", "key"} and "<slug:" not in str(pattern):
            found.append(address(route, names))
    return found


def address(route: URLPattern, names: set[str]) -> str:
    if "uidb36" in names:
        return f"/account/password/reset/1-{KEY}"
    text = str(route.pattern)
    for name in names:
        text = text.replace(f"<str:{name}>", KEY)
    return f"/{text}"


def test_no_key_of_an_address_is_logged() -> None:
    addresses = addresses_with_keys()
    assert len({one.rstrip("/") for one in addresses}) == 4, addresses
    template = Path(settings.BASE_DIR, "deploy/nginx/nginx.conf.template").read_text()
    for path in addresses:
        assert KEY in path
        assert KEY not in without_keys(f"Forbidden: {path}"), path
        assert KEY not in without_keys(f"Forbidden: /below{path}"), path
        head = path.partition(KEY)[0].strip("/").split("/")[-1].removesuffix("1-").rstrip("/")
        assert (head or "reset") in template
    for path in ("/account/sign-up", "/board/1?a=b", "/account/email", "/invitation"):
        assert without_keys(path) == path


@pytest.mark.django_db
def test_a_refused_form_leaves_no_key_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(SecretAddresses())
    with caplog.at_level(logging.DEBUG):
        Client().post(f"/account/sign-up/{KEY}", {"username": "x"})
        Client(enforce_csrf_checks=True).post(f"/invitation/{KEY}")
        Client().get(f"/invitation/{KEY}")
    assert "/invitation/..." in caplog.text
    assert "/account/sign-up/..." in caplog.text
    assert KEY not in caplog.text
