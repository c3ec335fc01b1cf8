"""Checks a key and its certificate when the server starts."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ImproperlyConfigured


def require_key_pair(key: str, certificate: str, key_name: str, certificate_name: str) -> None:
    """Both are PEM, and belong together; the names are those of their settings.

    Raises:
        ImproperlyConfigured: says in words what is wrong, without a word of the key.
    """
    if not (key and certificate):
        raise ImproperlyConfigured(f"{key_name} and {certificate_name} belong together")
    try:
        private = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError):
        text = f"{key_name}: this is no private key in PEM without a password"
        raise ImproperlyConfigured(text) from None
    if not isinstance(private, RSAPrivateKey):
        raise ImproperlyConfigured(f"{key_name}: an RSA key is needed")
    try:
        public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except ValueError:
        text = f"{certificate_name}: this is no certificate in PEM"
        raise ImproperlyConfigured(text) from None
    if public != private.public_key():
        raise ImproperlyConfigured(f"{certificate_name} is not of the key in {key_name}")
