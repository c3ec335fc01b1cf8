"""Mail that nobody waits for."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage
from django.urls import get_script_prefix, reverse, set_script_prefix
from pytest_django.fixtures import Settings

from accounts.mail import public_address, send_soon, wait_until_sent
from tests.mail_server import mail_server

SECRET = "https://canvas.example.org/account/password/reset/1-abcdef"


def test_nothing_of_a_mail_that_was_not_sent_is_in_the_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """It may hold a link that signs people in, and a mail server may repeat what it refuses."""
    message = EmailMessage("Your link", SECRET, to=["kim@example.org"])
    with mail_server(settings) as server, caplog.at_level(logging.DEBUG, "accounts"):
        server.answer = f"554 not to kim@example.org: {SECRET}"
        send_soon(message)
        wait_until_sent()
    ours = [one for one in caplog.records if one.name.startswith("accounts")]
    assert [one.getMessage() for one in ours] == ["mail: not sent: SMTPDataError"]
    assert not any(one.exc_info for one in ours), "a traceback ends with the server's words"


@pytest.fixture
def script_prefix() -> Iterator[None]:
    before = get_script_prefix()
    yield
    set_script_prefix(before)


@pytest.mark.usefixtures("script_prefix")
@pytest.mark.parametrize("known", ["/", "/account/"], ids=["a thread", "a request"])
@pytest.mark.parametrize("configured", ["https://a.example", "https://a.example/account/"])
def test_an_address_has_the_prefix_of_all_paths_once(
    settings: Settings, known: str, configured: str
) -> None:
    """The prefix is a word that paths begin with as well."""
    settings.CANVAS_PATH_PREFIX, settings.CANVAS_ADDRESS = "/account", configured
    set_script_prefix(known)
    address = public_address(reverse("notifications"))
    assert address == "https://a.example/account/account/notifications"


def test_without_a_prefix_an_address_is_as_it_is_set(settings: Settings) -> None:
    settings.CANVAS_ADDRESS = "https://a.example/"
    address = public_address(reverse("notifications"))
    assert address == "https://a.example/account/notifications"
