"""How somebody who is signed in proves that it is them, before something that can't be undone."""

from __future__ import annotations

import enum

from django.http import HttpRequest

from accounts.sign_in.common import person_of
from accounts.sign_in.policy import may_use_password
from accounts.sign_in.recent import is_recent
from accounts.sign_in.records import PROXY_KEY, sign_in_of


class Proof(enum.StrEnum):
    """What a person has to do."""

    PASSWORD = "password"  # noqa: S105  the name of a way
    """Type their password again."""
    SIGN_IN_AGAIN = "sign_in_again"
    """Sign in at the identity provider again: they have no password, and their session is old."""
    NONE = "none"
    """Nothing more: they signed in just now, or a trusted proxy names them in each request."""


def proof_wanted(request: HttpRequest) -> Proof:
    """What this person has to do now."""
    user = person_of(request)
    if user.has_usable_password() and may_use_password(user):
        return Proof.PASSWORD
    if PROXY_KEY in request.session:
        return Proof.NONE
    row = sign_in_of(request)
    is_fresh = row is not None and is_recent(row.started_at)
    return Proof.NONE if is_fresh else Proof.SIGN_IN_AGAIN
