"""A real proxy that passes on something wrong is named on the status page, with what to set."""

import urllib.error
import urllib.request
from html import unescape

import pytest

from canvas_project.proxy_checks import REMEMBERED
from tests.conftest import MakeServer
from tests.nginx import nginx
from tests.server import Server, SignedIn

pytestmark = pytest.mark.timeout(120)


def ask_often(port: int) -> set[int]:
    """Asks for a page through the proxy until that is all the server remembers."""
    answers = set()
    for _ in range(REMEMBERED):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=20) as answer:
                answers.add(answer.status)
        except urllib.error.HTTPError as error:
            answers.add(error.code)
    return answers


def test_a_proxy_that_does_not_pass_host_on(server: Server) -> None:
    admin = SignedIn(server, "admin")
    assert "proxy_set_header" not in admin.get("admin/status")
    with nginx([f"127.0.0.1:{server.port}"], without="proxy_set_header Host") as proxy:
        assert ask_often(proxy.port) == {400}
    page = unescape(admin.get("admin/status"))
    assert "proxy_set_header Host $http_host" in page
    assert "`Host: canvas`" in page
    with nginx([f"127.0.0.1:{server.port}"]) as proxy:
        assert ask_often(proxy.port) == {200}
    assert "proxy_set_header" not in admin.get("admin/status")


def test_a_proxy_that_does_not_say_how_people_came(make_server: MakeServer) -> None:
    server = make_server(CANVAS_HTTPS="true", CANVAS_TRUSTED_PROXY_HOPS="1")
    missing = "X-Forwarded-Proto"
    with nginx([f"127.0.0.1:{server.port}"], without=missing) as proxy:
        assert ask_often(proxy.port) == {200}
    log = server.log.read_text()
    assert log.count("proxy: Requests come without X-Forwarded-Proto") == 1
    assert "proxy_set_header X-Forwarded-Proto $scheme" in log
