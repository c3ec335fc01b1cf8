"""Signing out here ends the session at a real SAML provider too, and never depends on it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import NewData
from tests.identity_provider import Visitor
from tests.page import sign_out
from tests.saml_provider import SamlProvider, carry, certificate_of, new_key
from tests.saml_provider import answer_for as answer
from tests.server import PASSWORD, QUICK_HASHES, Server


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamlProvider]:
    made = SamlProvider(tmp_path_factory.mktemp("saml-provider"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def our_key() -> str:
    return new_key()


@pytest.fixture(scope="module")
def server(
    provider: SamlProvider,
    our_key: str,
    static_root: Path,
    new_data: NewData,
) -> Iterator[Server]:
    """It has a key, and the provider is up before anybody asks."""
    data = new_data()
    (data / "saml.key").write_text(our_key)
    (data / "saml.pem").write_text(certificate_of(our_key))
    made = Server(
        data,
        static_root=static_root,
        **QUICK_HASHES,
        **provider.settings,
        CANVAS_SAML_KEY_FILE=str(data / "saml.key"),
        CANVAS_SAML_CERTIFICATE_FILE=str(data / "saml.pem"),
    )
    made.start()
    provider.start(made)
    yield made
    made.stop()


def signed_in(server: Server, provider: SamlProvider, name: str, key: str) -> Visitor:
    """Somebody whom the provider sent; it takes logouts that this key signed."""
    provider.person(name, member=member_of(server, key))
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer(visitor))
    assert (status, visitor.url) == (200, f"{server.url}/"), page
    return visitor


def member_of(server: Server, key: str) -> dict[str, str]:
    return {
        "serviceProviderId": f"{server.url}/login/saml/metadata",
        "serviceProviderLogoutURL": f"{server.url}/login/saml/logout",
        "cert": certificate_of(key),
    }


def way_on(page: str) -> str:
    """Where the page after signing out leads by itself; empty if nowhere."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


def test_signing_out_here_ends_the_session_there(
    server: Server, provider: SamlProvider, our_key: str
) -> None:
    visitor = signed_in(server, provider, "tara", our_key)
    status, page = visitor.post("logout")
    address = way_on(page)
    assert (status, address.startswith(f"{provider.address}/logout?SAMLRequest=")) == (200, True)
    assert "&Signature=" in address
    assert not visitor.is_in()  # here first, whatever happens there
    assert provider.ended() == []
    visitor.get(address)
    assert visitor.url == f"{server.url}/login"
    assert any("SAMLResponse=" in one for one in visitor.passed)
    assert provider.ended() == ["tara"]


def test_the_provider_takes_only_what_our_key_signed(
    server: Server, provider: SamlProvider
) -> None:
    before = provider.ended()
    visitor = signed_in(server, provider, "theo", new_key())
    _, page = visitor.post("logout")
    assert not visitor.is_in()
    assert visitor.get(way_on(page))[0] == 500
    assert provider.ended() == before


def test_who_signed_in_by_a_password_is_not_sent_there(server: Server) -> None:
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    visitor.post("login", username="alice", password=PASSWORD)
    assert visitor.is_in()
    status, page = visitor.post("logout")
    assert (status, way_on(page)) == (200, "")
    assert visitor.url == f"{server.url}/login"
    assert not visitor.is_in()


def test_an_answer_that_nobody_asked_for_does_nothing(
    server: Server, provider: SamlProvider, our_key: str
) -> None:
    visitor = signed_in(server, provider, "tilo", our_key)
    visitor.get(f"{server.url}/login/saml/logout?SAMLResponse=PGEvPg%3D%3D&RelayState=https://x.y")
    assert visitor.url == f"{server.url}/"
    assert visitor.is_in()


def test_our_metadata_has_the_certificate(server: Server, our_key: str) -> None:
    _, page = Visitor(server).get(f"{server.url}/login/saml/metadata")
    lines = certificate_of(our_key).splitlines()[1:-1]
    assert "BEGIN" not in page
    assert "PRIVATE" not in page
    assert page.replace("\n", "").count("X509Certificate>") >= 2, page
    assert len(lines) > 5


def test_in_a_browser(
    server: Server, provider: SamlProvider, our_key: str, browser: Browser
) -> None:
    provider.person("uma", member=member_of(server, our_key))
    page = browser.new_page()
    page.goto(f"{server.url}/")
    page.get_by_role("link", name="Sign in with Acme").click()
    page.locator(".account-menu").wait_for()
    sign_out(page)
    page.wait_for_url(f"{server.url}/login")
    assert provider.ended()[-1] == "uma"
    page.close()


def test_a_provider_that_is_down_keeps_nobody_signed_in(
    server: Server, provider: SamlProvider, our_key: str
) -> None:
    """Also when its metadata can't be read, after a restart."""
    first = signed_in(server, provider, "vera", our_key)
    second = signed_in(server, provider, "willi", our_key)
    provider.stop()
    first.post("logout")
    assert not first.is_in()
    environment = dict(server.environment)
    server.stop()
    again = Server(
        Path(environment["CANVAS_DATA_DIR"]),
        static_root=Path(environment["CANVAS_STATIC_ROOT"]),
        **environment,
    ).start()
    try:
        second.server = again
        second.get(f"{again.url}/")
        assert second.is_in()
        status, page = second.post("logout")
        assert (status, way_on(page), second.url) == (200, "", f"{again.url}/login")
        assert not second.is_in()
    finally:
        again.stop()
