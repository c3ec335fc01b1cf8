"""The signed token in the link of an invitation. It names the row, which decides."""

from __future__ import annotations

import uuid

from django.core import signing

from boards.models import Invitation

SALT = "boards.invitation"
TOKEN_MAX_LENGTH = 300


def invitation_token(invitation: Invitation, *, is_mailed: bool) -> str:
    """`is_mailed`: only somebody who has shown to have the address gets it."""
    return signing.dumps([invitation.pk.hex, is_mailed], salt=SALT)


def named_by_token(token: str) -> tuple[uuid.UUID, bool] | None:
    """The id of an invitation, and whether only the address has the token; None if it is forged."""
    try:
        found = signing.loads(token[:TOKEN_MAX_LENGTH], salt=SALT)
        return uuid.UUID(hex=found[0]), bool(found[1])
    except (signing.BadSignature, ValueError):
        return None
