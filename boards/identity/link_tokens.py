"""The token of a share link: 22 letters and digits that stand for the row, and 4 that sign them.

It is not stored: both parts are keyed digests (HMAC-SHA-256), of the row's id and of the first
part. So owners can look it up again, and nobody makes one without the key. 22 characters are 128
bits, which can't be guessed at any rate. The signature lets a server refuse what it did not write
without asking the database; one guess in 15 million passes it, and then names no row.

Links of earlier versions have a JWT instead, which still counts.
"""

from __future__ import annotations

import hmac
import re
import string
from uuid import UUID

from django.conf import settings

from boards.models import ShareLink

_LETTERS = string.digits + string.ascii_letters
_NAME_LENGTH = 22
_SIGNATURE_LENGTH = 4
_FORM = re.compile(rf"[0-9A-Za-z]{{{_NAME_LENGTH + _SIGNATURE_LENGTH}}}")


def short_token(link_id: UUID) -> str:
    """The token of a link. It is the same each time, as long as the signing key is."""
    return _token(next(iter(settings.CANVAS_JWT_KEYS.values())), link_id)


def is_short_token(text: str) -> bool:
    """Whether a text claims to be a token of a link."""
    return _FORM.fullmatch(text) is not None


def is_signed(token: str) -> bool:
    """Whether a server with one of our keys wrote it, whatever became of its link."""
    name, signature = token[:_NAME_LENGTH], token[_NAME_LENGTH:]
    keys = settings.CANVAS_JWT_KEYS.values()
    return any(hmac.compare_digest(signature, _signature(key, name)) for key in keys)


def link_of_short_token(token: str, board_id: UUID) -> ShareLink | None:
    """The link of this board that the token stands for, whether it has ended or not."""
    if not is_signed(token):
        return None
    for link in ShareLink.objects.select_related("board").filter(board=board_id):
        keys = settings.CANVAS_JWT_KEYS.values()
        if any(hmac.compare_digest(token, _token(key, link.pk)) for key in keys):
            return link
    return None


def _token(key: str, link_id: UUID) -> str:
    digest = hmac.digest(key.encode(), b"canvas:link:name:" + link_id.bytes, "sha256")
    name = _letters(int.from_bytes(digest[:16]), _NAME_LENGTH)
    return name + _signature(key, name)


def _signature(key: str, name: str) -> str:
    digest = hmac.digest(key.encode(), b"canvas:link:sign:" + name.encode(), "sha256")
    return _letters(int.from_bytes(digest[:8]), _SIGNATURE_LENGTH)


def _letters(number: int, length: int) -> str:
    """The last digits of a number to the base 62."""
    text = ""
    for _ in range(length):
        number, digit = divmod(number, len(_LETTERS))
        text = _LETTERS[digit] + text
    return text
