"""An identity provider that answers whatever a test wants, as one that is broken or hostile does.

`tests/oidc` has a certified one, which only ever answers right.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from jwt.algorithms import RSAAlgorithm

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT_ID = "canvas"


class AnsweringProvider:
    """Its parts of a sign-in, and what the server asked it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.asked: dict[str, str] = {}
        """What the browser was sent with."""
        self.exchanged: dict[str, str] = {}
        """What the server sent for the code."""
        self.id_token = ""
        self.userinfo: dict[str, Any] = {}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What is right after `begin`; None leaves a claim out."""
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "kim", "iat": now, "exp": now + 60}
        known = {**right, "nonce": self.asked["nonce"], "preferred_username": "kim", **changes}
        return {name: value for name, value in known.items() if value is not None}

    def sign(self, key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> None:
        """Answers with this token from now on."""
        headers = {"kid": "1"}
        self.id_token = jwt.encode(self.claims(**changes), key, algorithm, headers=headers)
        self.userinfo = {"sub": "kim"}

    def begin(self, client: Client) -> None:
        """The browser goes to the provider."""
        address = urlsplit(client.get("/login/provider")["Location"])
        self.asked = dict(parse_qsl(address.query))

    def come_back(self, client: Client) -> Any:
        """The browser comes back with a code."""
        query = {"state": self.asked["state"], "code": "a code"}
        return client.get("/login/provider/callback", query)

    @property
    def is_proven(self) -> bool:
        """Whether who sent the code is who began (RFC 7636)."""
        digest = hashlib.sha256(self.exchanged.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self.asked.get("code_challenge_method") == "S256" and (
            self.asked.get("code_challenge") == challenge
        )

    def answer(self, path: str, body: str) -> dict[str, Any]:
        """What it says at an address."""
        if path == "/jwks":
            public = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "1", "use": "sig"}]}
        if path == "/token":
            self.exchanged = dict(parse_qsl(body))
            access = {"access_token": "an access token", "token_type": "Bearer"}
            return {**access, "id_token": self.id_token}
        if path == "/userinfo":
            return self.userinfo
        ends = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        ends["userinfo_endpoint"] = "userinfo"
        return {"issuer": self.issuer, **{one: f"{self.issuer}/{at}" for one, at in ends.items()}}


@contextmanager
def answering_provider() -> Iterator[AnsweringProvider]:
    """Runs one on this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            data = json.dumps(made.answer(self.path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    made = AnsweringProvider(f"http://127.0.0.1:{server.server_address[1]}")
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
