"""How a token looks, and how it is kept.

`canvas_`, 43 random letters and digits (256 bits), and a checksum of six. The fixed beginning lets
scanners find tokens in repositories and logs; the checksum tells them from words that only look
like one, and lets a server refuse typing errors without asking the database. Only a digest is
stored: of a random text that long, nobody finds the text again.
"""

from __future__ import annotations

import hashlib
import secrets
import string
import zlib

PREFIX = "canvas_"
_LETTERS = string.digits + string.ascii_letters
_RANDOM_LENGTH = 43
_CHECKSUM_LENGTH = 6
LENGTH = len(PREFIX) + _RANDOM_LENGTH + _CHECKSUM_LENGTH


def new_secret() -> str:
    """A new token."""
    body = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM_LENGTH))
    return f"{PREFIX}{body}{_checksum(body)}"


def is_secret(text: str) -> bool:
    """Whether a text claims to be a token of this kind."""
    return text.startswith(PREFIX)


def is_whole(text: str) -> bool:
    """Whether a text has the length and the checksum of a token."""
    if len(text) != LENGTH or not text.isascii():
        return False
    body = text.removeprefix(PREFIX)[:_RANDOM_LENGTH]
    return text == f"{PREFIX}{body}{_checksum(body)}"


def digest_of(text: str) -> str:
    """What is stored of a token. The index compares digests, which reveal nothing by their time."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return letters
