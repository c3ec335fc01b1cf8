"""A real OpenID Connect provider for a test, and people whose browsers have a session there."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor

import pytest

from tests.patience import CLOCK, patient
from tests.ports import free_port
from tests.server import ROOT, Server

SECRET = "a secret that only the two know, and no third"
PACKAGES = ROOT / "tests" / "oidc" / "node_modules"


class IdentityProvider:
    """`oidc-provider` in a process of its own."""

    def __init__(self) -> None:
        if not (PACKAGES / "oidc-provider").is_dir():
            pytest.fail("oidc-provider is not installed: npm --prefix tests/oidc ci")
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None
        self._urls: list[str] = []

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server that uses it."""
        return {
            "CANVAS_OIDC_ISSUER": self.issuer,
            "CANVAS_OIDC_CLIENT_ID": "canvas",
            "CANVAS_OIDC_CLIENT_SECRET": SECRET,
            "CANVAS_OIDC_SCOPES": "openid profile email groups",
            "CANVAS_OIDC_NAME": "Acme",
            "CANVAS_OIDC_STAFF_GROUPS": "it",
        }

    def start(self, server: Server | None = None) -> None:
        """Begins again with nothing in memory, for the same server if none is given."""
        if server is not None:
            here = f"{server.url}/login"
            self._urls = [f"{here}/provider/callback", here, f"{here}/provider/logout"]
        self._process = subprocess.Popen(
            ["node", "provider.mjs", str(self.port), *self._urls],
            cwd=ROOT / "tests" / "oidc",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "listening\n"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def person(self, sub: str, **claims: Any) -> None:
        """Says this of someone from now on; who comes next is them."""
        self._control(sub=sub, claims=claims, present=True)

    def bring(self, server: Server, sub: str, **claims: Any) -> Visitor:
        """Someone who signed in by it."""
        self.person(sub, preferred_username=sub, **claims)
        visitor = Visitor(server)
        status, page = visitor.sign_in()
        assert (status, visitor.url) == (200, f"{server.url}/"), page
        return visitor

    def log_out(self, sub: str, sid: str | None = None) -> float:
        """Tells the server by the back channel that someone signed out. Returns when it was told,
        as `CLOCK` has it: without what the provider itself needs before."""
        sent_at: float = self._control(sub=sub, sid=sid, logout=True)["sentAt"] / 1000
        return CLOCK.seconds - (time.time() - sent_at)

    def _control(self, **command: Any) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.issuer}/control", json.dumps(command).encode())
        with urllib.request.urlopen(request, timeout=patient(20)) as response:
            answer: dict[str, Any] = json.loads(response.read())
        return answer


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, passed: list[str]) -> None:
        self._passed = passed
        self.stops_before = ""

    def redirect_request(self, *args: Any) -> urllib.request.Request | None:
        """Follows it, unless it leads where the browser is to stop."""
        self._passed.append(args[-1])
        if self.stops_before and self.stops_before in args[-1]:
            return None
        return super().redirect_request(*args)


class Visitor:
    """A browser without scripts."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies = CookieJar()
        self.passed: list[str] = []
        """Every address that it was sent on to."""
        self._redirects = _Redirects(self.passed)
        self._opener = urllib.request.build_opener(
            HTTPCookieProcessor(self.cookies), self._redirects
        )
        self.url = ""
        """Where it is."""

    def get(self, url: str) -> tuple[int, str]:
        """Follows redirects; the status and the page."""
        return self._send(urllib.request.Request(url))

    def post(self, path: str, **form: str) -> tuple[int, str]:
        """Sends a form of the server's pages."""
        form["csrfmiddlewaretoken"] = self.cookie("csrftoken")
        headers = {"Origin": self.server.origin}
        data = urlencode(form).encode()
        return self._send(urllib.request.Request(f"{self.server.url}/{path}", data, headers))

    def sign_in(self) -> tuple[int, str]:
        """By the identity provider."""
        return self.get(f"{self.server.url}/login/provider")

    def begin_to_sign_in(self) -> str:
        """By the identity provider, up to the address that leads back, which is returned."""
        self._redirects.stops_before = "/callback?"
        self.sign_in()
        self._redirects.stops_before = ""
        return self.passed[-1]

    def is_in(self) -> bool:
        """Whether they are signed in."""
        return "/login" not in (self.get(f"{self.server.url}/account/security"), self.url)[1]

    def cookie(self, name: str) -> str:
        return next((one.value or "" for one in self.cookies if one.name == name), "")

    def _send(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            response = self._opener.open(request, timeout=patient(20))
        except urllib.error.HTTPError as error:
            response = error
        self.url = response.url
        return response.status, response.read().decode()
