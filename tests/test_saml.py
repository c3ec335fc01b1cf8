"""Signing in by a real SAML provider: accounts, groups, logout, and answers that are not right."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import NewData
from tests.identity_provider import Visitor
from tests.page import sign_out
from tests.saml_forgeries import (
    a_comment_in_the_name,
    another_name,
    same_id_twice,
    unsigned,
    wrapped_after,
    wrapped_around,
    wrapped_before,
    wrapped_in_extensions,
)
from tests.saml_provider import SamlProvider, answer_for, carry
from tests.server import PASSWORD, QUICK_HASHES, Server, until
from tests.stored import groups_of, rows

BROKEN = "The answer of the identity provider can&#x27;t be used."
LATE = "took too long, or was used already"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamlProvider]:
    made = SamlProvider(tmp_path_factory.mktemp("saml-provider"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(provider: SamlProvider, static_root: Path, new_data: NewData) -> Iterator[Server]:
    made = Server(new_data(), static_root=static_root, **QUICK_HASHES, **provider.settings)
    yield made.start()
    made.stop()


@pytest.fixture(autouse=True, scope="module")
def _started(provider: SamlProvider, server: Server) -> None:
    status, page = Visitor(server).get(f"{server.url}/login/saml")
    assert (status, "does not answer" in page) == (503, True)
    provider.start(server)
    # After a failure nobody asks for some seconds.
    address = f"{server.url}/login/saml"
    until(lambda: Visitor(server).get(address)[0], lambda status: status == 200)


def signed_in(server: Server, provider: SamlProvider, name: str, **said: Any) -> Visitor:
    provider.person(name, **said)
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer_for(visitor))
    assert (status, visitor.url) == (200, f"{server.url}/"), page
    return visitor


def test_an_account_is_made_and_brought_up_to_date_at_each_sign_in(
    server: Server, provider: SamlProvider
) -> None:
    said = {"displayName": "Mara Kern", "mail": "mara@example.org", "groups": ["design", "it"]}
    signed_in(server, provider, "mara", **said)
    person = "SELECT first_name, last_name, email, is_staff FROM auth_user WHERE username = 'mara'"
    assert rows(server, person) == [("Mara", "Kern", "mara@example.org", 1)]
    assert groups_of(server, "mara") == {"design", "it"}
    row = "SELECT via, issuer, subject, provider_session FROM accounts_signin"
    assert ("saml", provider.issuer, "mara", "a session there") in rows(server, row)
    signed_in(server, provider, "mara", **{**said, "displayName": "Mara Berg", "groups": "sales"})
    assert rows(server, person) == [("Mara", "Berg", "mara@example.org", 0)]
    assert groups_of(server, "mara") == {"sales"}
    told = "SELECT action FROM audit_auditlog WHERE via = 'saml' AND target_label = 'mara'"
    actions = [action for (action,) in rows(server, told)]
    assert actions == ["auth_sign_up", "auth_groups_change", "auth_groups_change"]
    came = "SELECT actor_label, via FROM audit_auditlog WHERE action = 'auth_login'"
    assert ("mara", "saml") in rows(server, came)
    assert rows(server, "SELECT * FROM socialaccount_socialtoken") == []


@pytest.mark.parametrize(
    "change",
    [
        unsigned,
        another_name,
        a_comment_in_the_name,
        wrapped_before,
        wrapped_after,
        wrapped_around,
        wrapped_in_extensions,
        same_id_twice,
    ],
)
def test_answers_that_were_changed_on_the_way(
    server: Server, provider: SamlProvider, change: Callable[[Any], None]
) -> None:
    from lxml import etree

    provider.person("noah")
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    document = etree.fromstring(answer_for(visitor).encode())
    change(document)
    status, page = carry(visitor, etree.tostring(document))
    assert (status, BROKEN in page) == (403, True), page
    assert not visitor.is_in()
    assert rows(server, "SELECT 1 FROM auth_user WHERE username IN ('noah', 'admin-2')") == []


@pytest.mark.parametrize(
    "options",
    [
        {"isForged": True},
        {"signAssertion": False},
        {"signAssertion": False, "signResponse": True},
        {"lifetimeInSeconds": -600},
        {"audience": "https://another.example/metadata"},
        {"recipient": "https://another.example/answer"},
        {"destination": "https://another.example/answer"},
        {"issuer": "https://another.example/saml"},
        {"signatureAlgorithm": "rsa-sha1", "digestAlgorithm": "sha1"},
    ],
)
def test_answers_that_are_for_somebody_else_or_too_old(
    server: Server, provider: SamlProvider, options: dict[str, Any]
) -> None:
    provider.person("noah", options)
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer_for(visitor))
    assert (status, BROKEN in page) == (403, True), page
    assert not visitor.is_in()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no XML",
        b"\xff\xfe",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<a>" * 5000,
    ],
)
def test_answers_that_make_no_sense(server: Server, answer: bytes) -> None:
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer)
    assert (status, BROKEN in page) == (403, True), page


def test_strangers_leave_nothing_in_the_database(server: Server, provider: SamlProvider) -> None:
    provider.person("noah", {"isForged": True})
    forged = answer_for(Visitor(server)).encode()
    kept = rows(server, "SELECT COUNT(*) FROM django_session")
    for answer in (forged, b"<a/>", b"x" * 40_000):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        data = urlencode({"SAMLResponse": base64.b64encode(answer).decode()})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login/saml/answer", data, kind)
        assert connection.getresponse().status == 403
        connection.close()
    assert rows(server, "SELECT COUNT(*) FROM django_session") == kept


def test_an_answer_is_good_once_and_in_the_browser_that_asked(
    server: Server, provider: SamlProvider
) -> None:
    provider.person("olga")
    visitor, other = Visitor(server), Visitor(server)
    for one in (visitor, other):
        one.get(f"{server.url}/login")
    answer = answer_for(visitor)
    answer_for(other)
    status, page = carry(other, answer)
    assert (status, LATE in page) == (403, True), page
    assert carry(visitor, answer)[0] == 200
    assert visitor.is_in()
    visitor.post("logout")
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer)
    assert (status, LATE in page) == (403, True), page
    # In another envelope, which says that it answers a later question.
    question = re.search(r'InResponseTo="([^"]+)"', answer_for(visitor))
    assert question
    head, rest = answer.split("<saml:Assertion", 1)
    later = re.sub(r'InResponseTo="[^"]+"', question[0], head) + "<saml:Assertion" + rest
    status, page = carry(visitor, later)
    assert (status, BROKEN in page) == (403, True), page
    assert not visitor.is_in()


def test_one_address_claimed_by_two_identities(server: Server, provider: SamlProvider) -> None:
    signed_in(server, provider, "rosa", mail="rosa@example.org")
    provider.person("rosa2", mail="Rosa@Example.org", groups=["new group"])
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer_for(visitor))
    assert status == 403
    assert "Another account here has the address rosa@example.org." in page
    assert rows(server, "SELECT * FROM auth_group WHERE name = 'new group'") == []
    assert rows(server, "SELECT * FROM auth_user WHERE username = 'rosa2'") == []


def test_who_has_another_name_each_time_gets_no_account(
    server: Server, provider: SamlProvider
) -> None:
    provider.person("_8f3a", kind="transient")
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer_for(visitor))
    assert (status, "does not say who you are in a way that stays" in page) == (403, True)


def test_many_groups_are_one_sentence(server: Server, provider: SamlProvider) -> None:
    provider.person("sven", groups=[f"group {number}" for number in range(300)])
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    status, page = carry(visitor, answer_for(visitor))
    assert status == 403
    assert "names 300 groups, and this server takes 200 at most" in page
    assert "CANVAS_SAML_GROUPS" in page


def logout_of(server: Server, provider: SamlProvider, name: str, key: str) -> str:
    """The query of a logout as the provider sends it, signed with a key; without one if empty."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    here = {"entityId": provider.issuer, "privateKey": key, "x509cert": provider.certificate}
    here["assertionConsumerService"] = {"url": "http://127.0.0.1/x"}  # type: ignore[assignment]
    there = {
        "entityId": f"{server.url}/login/saml/metadata",
        "singleSignOnService": {"url": f"{server.url}/login/saml"},
        "singleLogoutService": {"url": f"{server.url}/login/saml/logout"},
        "x509cert": provider.certificate,
    }
    security = {"logoutRequestSigned": bool(key), "signatureAlgorithm": RSA_SHA256}
    asked = {"http_host": "127.0.0.1", "script_name": "/", "get_data": {}, "post_data": {}}
    auth = OneLogin_Saml2_Auth(asked, {"sp": here, "idp": there, "security": security})
    address: str = auth.logout(name_id=name, session_index="a session there")
    return address


RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def test_the_provider_ends_a_session_and_nobody_else_does(
    server: Server, provider: SamlProvider
) -> None:
    visitor = signed_in(server, provider, "tara")
    for key in ("", provider.other_key):
        status, page = visitor.get(logout_of(server, provider, "tara", key))
        assert (status, BROKEN in page) == (400, True), page
        assert visitor.is_in()
    visitor.get(logout_of(server, provider, "tara", provider.key))
    assert visitor.url.startswith(f"{provider.address}/logout?SAMLResponse="), visitor.url
    assert not visitor.is_in()


def most_memory_mb(server: Server) -> float:
    status = Path(f"/proc/{server.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1000


def test_a_logout_that_unfolds_into_much_is_not_read(server: Server) -> None:
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    start = b'<p:LogoutRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="a" Version="2.0">'
    packed = packer.compress(start + b"<b/>" * 1_400_000 + b"</p:LogoutRequest>") + packer.flush()
    query = urlencode({"SAMLRequest": base64.b64encode(packed).decode()})
    visitor = Visitor(server)
    visitor.get(f"{server.url}/login")
    before = most_memory_mb(server)
    status, page = visitor.get(f"{server.url}/login/saml/logout?{query}")
    assert (status, BROKEN in page) == (400, True), page
    assert most_memory_mb(server) - before < 50


def test_our_metadata_names_our_addresses(server: Server) -> None:
    status, page = Visitor(server).get(f"{server.url}/login/saml/metadata")
    assert status == 200
    assert f'entityID="{server.url}/login/saml/metadata"' in page
    assert f"{server.url}/login/saml/answer" in page
    assert 'WantAssertionsSigned="true"' in page


def test_in_a_browser_to_the_provider_and_back(
    server: Server, provider: SamlProvider, browser: Browser
) -> None:
    provider.person("uma", displayName="Uma Thal")
    page = browser.new_page()
    page.goto(f"{server.url}/")
    page.get_by_role("link", name="Sign in with Acme").click()
    expect(page.locator(".account-menu")).to_contain_text("Uma Thal")
    sign_out(page)
    page.wait_for_url(f"{server.url}/login**")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".account-menu")).to_be_visible()
    page.close()
