"""Authentication of requests: a Bearer access token, or the session cookie with a CSRF token."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from audit.actions import AuditVia
from audit.actor import Actor
from audit.origin import origin_of_request
from boards.identity.tokens import TokenError, user_of_access_token
from boards.visits.refused import token_rejection_record

SCHEME = "bearer"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <jwt>`. An invalid one is refused; the cookie is no fallback."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """The token's user, or None if there is no header."""
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != SCHEME.encode():
            return None
        if len(header) != 2:
            raise AuthenticationFailed("Send one token: Authorization: Bearer <token>.")
        try:
            token = header[1].decode("ascii")
            user, _ = user_of_access_token(token)
        except (UnicodeDecodeError, TokenError) as error:
            reason = error.reason if isinstance(error, TokenError) else "invalid"
            origin = origin_of_request(request._request)
            token_rejection_record(reason=reason, by=Actor(None, origin, AuditVia.TOKEN))
            raise AuthenticationFailed(
                "The access token is not accepted. Ask for a new one at auth/token."
            ) from error
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the refusal a 401 that names the scheme."""
        return "Bearer"


class CookieAuthentication(SessionAuthentication):
    """The session cookie. Writes need the CSRF token, also from people who are not signed in.

    Visitors of a public link may write too, and their pages carry the token.
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """The session's active user, or None."""
        user = getattr(request._request, "user", AnonymousUser())
        if request.method not in SAFE_METHODS:
            self.enforce_csrf(request)
        return (user, None) if isinstance(user, User) and user.is_active else None
