"""A real SAML identity provider for a test, and the answers that it gives people to carry."""

from __future__ import annotations

import base64
import datetime
import html
import json
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.identity_provider import Visitor
from tests.patience import patient
from tests.ports import free_port
from tests.server import ROOT, Server

HERE = ROOT / "tests" / "saml"


class SamlProvider:
    """`samlp` in a process of its own."""

    def __init__(self, directory: Path) -> None:
        if not (HERE / "node_modules" / "samlp").is_dir():
            pytest.fail("samlp is not installed: npm --prefix tests/saml ci")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.issuer = f"{self.address}/saml"
        self._files = [str(directory / name) for name in ("cert.pem", "key.pem", "other.pem")]
        for name in self._files[1:]:
            Path(name).write_text(new_key())
        self.key, self.other_key = (Path(name).read_text() for name in self._files[1:])
        self.certificate = certificate_of(self.key)
        Path(self._files[0]).write_text(self.certificate)
        self._process: subprocess.Popen[str] | None = None

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server that uses it."""
        return {
            "CANVAS_SAML_METADATA": f"{self.address}/metadata",
            "CANVAS_SAML_NAME": "Acme",
            "CANVAS_SAML_STAFF_GROUPS": "it",
            "CANVAS_SAML_GROUPS_ATTRIBUTES": "groups",
        }

    def start(self, server: Server) -> None:
        """For the people of one server."""
        command = ["node", "provider.mjs", str(self.port), f"{server.url}/login/saml/answer"]
        self._process = subprocess.Popen(
            [*command, *self._files],
            cwd=HERE,
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

    def person(
        self,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        kind: str = "persistent",
        member: dict[str, str] | None = None,
        **said: Any,
    ) -> None:
        """Who comes next is them; `options` are what is wrong with the answer, `member` is who
        may end their session.
        """
        command = {
            "id": name,
            "format": f"urn:oasis:names:tc:SAML:2.0:nameid-format:{kind}",
            "attributes": {"uid": name, **said},
            "options": options or {},
            "member": member or {},
        }
        data = json.dumps(command).encode()
        request = urllib.request.Request(f"{self.address}/control", data)
        with urllib.request.urlopen(request, timeout=patient(20)) as response:
            response.read()

    def ended(self) -> list[str]:
        """Whose sessions ended here."""
        with urllib.request.urlopen(f"{self.address}/ended", timeout=patient(20)) as response:
            return list(json.load(response))


def answer_for(visitor: Visitor) -> str:
    """Goes to the provider; the answer that it gives the browser to carry, as XML."""
    status, page = visitor.get(f"{visitor.server.url}/login/saml")
    assert status == 200, page
    found = re.search(r'name="SAMLResponse"\s+value="([^"]+)"', page)
    assert found, "the provider gave no answer"
    return base64.b64decode(html.unescape(found[1])).decode()


def carry(visitor: Visitor, answer: str | bytes) -> tuple[int, str]:
    """The status and the page after the answer came."""
    raw = answer if isinstance(answer, bytes) else answer.encode()
    return visitor.post("login/saml/answer", SAMLResponse=base64.b64encode(raw).decode())


def new_key() -> str:
    """A private key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    format = serialization.PrivateFormat.PKCS8
    return key.private_bytes(
        serialization.Encoding.PEM, format, serialization.NoEncryption()
    ).decode()


def certificate_of(pem: str) -> str:
    """One that the key signed for itself, as PEM."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
