"""Mail that nobody waits for."""

from __future__ import annotations

import logging

import pytest
from django.core.mail import EmailMessage
from pytest_django.fixtures import Settings

from accounts.mail import send_soon, wait_until_sent
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
