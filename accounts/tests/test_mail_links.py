"""Links in mails that somebody asks for lead where `CANVAS_ADDRESS` says.

Whoever asks for a mail to somebody else chooses the name that the request comes by. A link to a
server of theirs would bring them the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_script_prefix, set_script_prefix
from pytest_django.fixtures import Settings

from accounts.tests.people import addresses_in_mails, confirmed

ELSEWHERE = "evil.example:8443"


@pytest.fixture(params=["", "/canvas"], ids=["root", "below a path"])
def prefix(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """The path that everything is served below."""
    settings.CANVAS_PATH_PREFIX, settings.FORCE_SCRIPT_NAME = request.param, request.param or None
    before = get_script_prefix()
    set_script_prefix(f"{request.param}/")  # as the handlers of requests do, but not the client's
    yield request.param
    set_script_prefix(before)


def forgotten_password(alice: User, host: str) -> None:
    EmailAddress.objects.create(user=alice, email="a@example.org", verified=True, primary=True)
    client = Client(headers={"Host": host})
    assert client.post("/account/password/reset", {"email": "a@example.org"}).status_code == 302


def new_address(alice: User, host: str) -> None:
    form = {"action_add": "1", "email": "new@example.org"}
    response = confirmed(alice).post("/account/email", form, headers={"Host": host})
    assert response.status_code == 302


def signing_up(alice: User, host: str) -> None:
    form = {"email": "kim@example.org"}
    response = Client().post("/account/sign-up", form, headers={"Host": host})
    assert response.status_code == 200


MAILS = [
    (forgotten_password, "/account/password/reset/"),
    (new_address, "/account/email/"),
    (signing_up, "/account/sign-up/"),
]


@pytest.mark.parametrize(("ask", "path"), MAILS)
def test_links_lead_to_our_address_whatever_name_a_request_came_by(
    alice: User, settings: Settings, prefix: str, ask: Callable[[User, str], None], path: str
) -> None:
    settings.CANVAS_SIGN_UP_DOMAINS, settings.ALLOWED_HOSTS = ["example.org"], ["*"]
    settings.CANVAS_ADDRESS = f"https://canvas.example{prefix}"
    ask(alice, ELSEWHERE)
    (address,) = addresses_in_mails()
    assert address.startswith(f"https://canvas.example{prefix}{path}")


@pytest.mark.parametrize(("ask", "path"), MAILS)
def test_without_an_address_links_follow_a_name_that_is_allowed(
    alice: User, settings: Settings, prefix: str, ask: Callable[[User, str], None], path: str
) -> None:
    """Not where `serve` listens, which people behind a proxy can't open."""
    settings.CANVAS_SIGN_UP_DOMAINS = ["example.org"]
    settings.ALLOWED_HOSTS = ["testserver", "canvas.example"]
    settings.CANVAS_ADDRESS, settings.LISTENING_ADDRESS = "", "http://0.0.0.0:8000"
    with pytest.raises(AssertionError):  # 400: nobody is asked, and no mail is written
        ask(alice, ELSEWHERE)
    assert addresses_in_mails() == []
    EmailAddress.objects.all().delete()
    ask(alice, "canvas.example")
    (address,) = addresses_in_mails()
    assert address.startswith(f"http://canvas.example{prefix}{path}")
