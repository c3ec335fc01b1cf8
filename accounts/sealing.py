"""Encrypts small secrets that are kept in rows, with a key made from `SECRET_KEY`.

Someone who gets a copy of the database alone can't use them. After a change of the key, values
sealed with one of `SECRET_KEY_FALLBACKS` can still be opened.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class SealError(Exception):
    """The value was sealed with a key that this server does not have, or was changed."""


def seal(text: str, purpose: str) -> str:
    """The encrypted text; it can be opened for the same purpose only."""
    return _fernet(purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, purpose: str) -> str:
    """The text that was sealed. Raises `SealError`."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise SealError from error


def _fernet(purpose: str) -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(key: str | bytes, purpose: str) -> bytes:
    digest = hashlib.blake2b(
        purpose.encode(), key=hashlib.sha256(force_bytes(key)).digest(), digest_size=32
    )
    return base64.urlsafe_b64encode(digest.digest())
