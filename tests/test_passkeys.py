"""Passkeys in Chromium with its virtual authenticator: added, used to sign in, and removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page import sign_out as by_the_menu
from tests.server import PASSWORD, Server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser with a fingerprint reader that always says yes."""
    context = browser.new_context()
    made = context.new_page()
    session = context.new_cdp_session(made)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield made
    context.close()


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/login")
    page.get_by_label("Username").fill("charlie")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page, url: str) -> None:
    by_the_menu(page)
    page.wait_for_url(f"{url}/login")


def test_a_passkey_signs_in_and_is_the_second_step(own_server: Server, page: Page) -> None:
    url = own_server.url.replace("127.0.0.1", "localhost")
    sign_in(page, url)
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/account/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(f"{url}/account/codes")
    expect(page.locator(".codes code")).to_have_count(10)
    code = page.locator(".codes code").first.inner_text()
    page.goto(f"{url}/account/security")
    expect(page.get_by_text("My laptop")).to_be_visible()
    sign_out(page, url)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/account/security")
    sign_out(page, url)

    sign_in(page, url)
    page.wait_for_url(f"{url}/login/code")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/account/security")
    sign_out(page, url)

    sign_in(page, url)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/account/security")
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Remove My laptop")).click()
    if "/account/confirm" in page.url:
        page.get_by_label("Current password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Your passkey is removed.")).to_be_visible()
