"""A key and its certificate are checked when the server starts, and no word of the key is said."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from canvas_project.key_pairs import require_key_pair

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def pem_of(key: Key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def certificate_of(key: Key) -> str:
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Canvas")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def test_what_is_wrong_is_said_in_words() -> None:
    key, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    curve = ec.generate_private_key(ec.SECP256R1())
    right, certificate = pem_of(key), certificate_of(key)
    require_key_pair(right, certificate, "KEY", "CERT")
    wrong = {
        ("", certificate): "KEY and CERT belong together",
        (right, ""): "KEY and CERT belong together",
        (certificate, certificate): "KEY: this is no private key in PEM without a password",
        (right[:300], certificate): "KEY: this is no private key in PEM without a password",
        (pem_of(curve), certificate_of(curve)): "KEY: an RSA key is needed",
        (right, right): "CERT: this is no certificate in PEM",
        (right, certificate_of(other)): "CERT is not of the key in KEY",
    }
    for (given, beside), text in wrong.items():
        with pytest.raises(ImproperlyConfigured) as refused:
            require_key_pair(given, beside, "KEY", "CERT")
        assert str(refused.value) == text
        assert refused.value.__cause__ is None
