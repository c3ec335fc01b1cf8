"""A passkey in software, for tests without a browser: WebAuthn Level 2, 6 and 7."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "https://testserver"
_FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class SoftKey:
    """One key pair for this site."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(32)
        self._handle = ""

    def register(self, client: Client, **form: str) -> int:
        """Adds it to the account that is signed in there; the status of the answer."""
        page = client.get("/account/passkeys/add")
        options = page.context["js_data"]["creation_options"]["publicKey"]
        self._handle = options["user"]["id"]
        public = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(Aaguid(b"\0" * 16), self._id, public)
        data = AuthenticatorData.create(
            self._rp_hash, _FLAGS | AuthenticatorData.FLAG.AT, 0, credential
        )
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options["challenge"]),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        body = json.dumps(self._credential(response))
        return client.post("/account/passkeys/add", {"credential": body, **form}).status_code

    def sign_in(self, client: Client, **changes: Any) -> int:
        """Signs in by it alone; the status of the answer."""
        return client.post("/login/passkey", self.answer(client, **changes)).status_code

    def answer(self, client: Client, **changes: Any) -> dict[str, str]:
        """The form that a browser would send, with `changes`."""
        answer = client.get("/login/passkey", headers={"Accept": "application/json"})
        challenge = answer.json()["request_options"]["publicKey"]["challenge"]
        data = AuthenticatorData.create(self._rp_hash, _FLAGS, 1)
        client_data = CollectedClientData.create("webauthn.get", challenge, ORIGIN)
        signature = self._key.sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self._handle,
            **changes,
        }
        return {"credential": json.dumps(self._credential(response))}

    @property
    def _rp_hash(self) -> bytes:
        return hashlib.sha256(b"testserver").digest()

    def _client_data(self, kind: Any, challenge: str) -> str:
        return websafe_encode(CollectedClientData.create(kind, challenge, ORIGIN))

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": websafe_encode(self._id),
            "rawId": websafe_encode(self._id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        }
