"""A proxy that passes on a wrong Host, or no X-Forwarded-Proto, is named on the status page."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from boards.tests.factories import client_of, make_user
from canvas_project.proxy_checks import REMEMBERED, ProxyMiddleware, findings, note_socket

SITE = "https://board.example.org"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings: Settings) -> Iterator[None]:
    """A server as operations.md describes it."""
    settings.CANVAS_HTTPS = True
    settings.CANVAS_TRUSTED_PROXY_HOPS = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["board.example.org", "127.0.0.1"]
    findings.forget()
    yield
    findings.forget()


def ask(method: str = "POST", **headers: str) -> list[str]:
    """One request as a proxy passes it on; returns what is known to be wrong then."""
    right = {
        "Host": "board.example.org",
        "Origin": SITE,
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Proto": "https",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    given = {name: value for name, value in right.items() if value}
    request = RequestFactory(headers=given).generic(method, "/login")
    ProxyMiddleware(lambda _: None)(request)  # type: ignore[arg-type,return-value]
    return findings.problems()


def test_a_proxy_that_does_it_right_is_not_blamed() -> None:
    assert ask() == []
    assert ask("GET", Origin="") == []


def test_a_missing_protocol_is_named() -> None:
    (problem,) = ask(X_Forwarded_Proto="")
    assert "proxy_set_header X-Forwarded-Proto $scheme" in problem
    assert "CANVAS_HTTPS=false" in problem


def test_requests_past_the_proxy_say_nothing_about_it() -> None:
    assert ask("GET", Origin="", X_Forwarded_For="", X_Forwarded_Proto="") == []


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "backend:8000", "board.example.org:8443"])
def test_another_host_than_the_browser_used_is_named(host: str) -> None:
    (problem,) = ask(Host=host)
    assert f"`Host: {host}`" in problem
    assert SITE in problem
    assert "proxy_set_header Host $http_host" in problem


def test_a_host_that_is_refused_is_named() -> None:
    (problem,) = ask("GET", Host="backend:8000", Origin="")
    assert "DJANGO_ALLOWED_HOSTS" in problem


def test_tls_that_the_server_does_not_know_of_is_named(settings: Settings) -> None:
    settings.CANVAS_HTTPS, settings.SECURE_PROXY_SSL_HEADER = False, None
    (problem,) = ask()
    assert "set CANVAS_HTTPS=true" in problem


def test_other_sites_are_not_taken_for_a_wrong_proxy() -> None:
    for _ in range(REMEMBERED):
        assert ask(Origin="https://evil.example") == []


def test_a_few_forged_requests_do_not_spoil_it_and_a_right_proxy_clears_it() -> None:
    for _ in range(REMEMBERED):
        ask()
    for _ in range(REMEMBERED // 2):
        assert ask(Host="backend:8000") == []
    for _ in range(REMEMBERED):
        ask(Host="backend:8000")
    assert len(findings.problems()) == 1
    for _ in range(REMEMBERED):
        ask()
    assert findings.problems() == []


def test_sockets_say_it_too() -> None:
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/ws/canvas/x",
        "headers": [(b"host", b"backend:8000"), (b"origin", SITE.encode())],
    }
    note_socket(scope)
    assert "`Host: backend:8000`" in findings.problems()[0]


def test_it_is_logged_once_and_stands_on_the_status_page(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            ask(Host="backend`:8000\n")
    assert caplog.text.count("proxy_set_header Host $http_host") == 1
    admin = make_user("root")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    headers = {"Host": "board.example.org", "X-Forwarded-Proto": "https"}
    page = client_of(admin).get("/admin/status", headers=headers).content.decode()
    assert "proxy_set_header Host $http_host" in page
