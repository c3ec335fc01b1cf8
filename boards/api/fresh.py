"""Asks programs for a fresh password before they make something that outlives the sign-in."""

from __future__ import annotations

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.sign_in.recent import has_confirmed_lately, is_recent
from boards.identity.tokens import issued_at

CONFIRM_FIRST = (
    "What you make would outlive this sign-in, so the password has to be fresh: confirm it at "
    "/account/confirm, or ask for a new access token at auth/token."
)


def require_fresh(request: Request) -> None:
    """Raises `PermissionDenied` if the password was given too long ago."""
    if isinstance(request.auth, str):
        is_fresh = is_recent(issued_at(request.auth))
    else:
        is_fresh = has_confirmed_lately(request._request)
    if not is_fresh:
        raise PermissionDenied(CONFIRM_FIRST)
