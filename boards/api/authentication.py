"""Authentication of requests: a Bearer access token, or the session cookie with a CSRF token."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.models import ApiToken
from accounts.tokens.secret import is_secret
from accounts.tokens.services import ApiTokenError, token_find, token_used
from audit.actions import AuditVia
from audit.actor import Actor
from audit.origin import origin_of_request
from boards.identity.tokens import TokenError, user_of_access_token
from boards.limits.windows import counted_in_window, seconds_left
from boards.visits.refused import token_rejection_record

SCHEME = "bearer"
WINDOW_SECONDS = 60
NOT_ACCEPTED = (
    "The token is not accepted. Ask for a new access token at auth/token, or make a new token for "
    "your program."
)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`: an access token, or the token of a program.

    An invalid one is refused; the cookie is no fallback.
    """

    def authenticate(self, request: Request) -> tuple[User, str | ApiToken] | None:
        """The token's user, and the token; None if there is no header."""
        header = get_authorization_header(request).split()
        if not header or header[0].lower() != SCHEME.encode():
            return None
        if len(header) != 2:
            raise AuthenticationFailed("Send one token: Authorization: Bearer <token>.")
        try:
            token = header[1].decode("ascii")
            if is_secret(token):
                return _by_program(token)
            user, _ = user_of_access_token(token)
        except (UnicodeDecodeError, TokenError, ApiTokenError) as error:
            reason = "invalid" if isinstance(error, UnicodeDecodeError) else error.reason
            origin = origin_of_request(request._request)
            token_rejection_record(reason=reason, by=Actor(None, origin, AuditVia.TOKEN))
            raise AuthenticationFailed(NOT_ACCEPTED) from error
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the refusal a 401 that names the scheme."""
        return "Bearer"


def _by_program(secret: str) -> tuple[User, ApiToken]:
    """Raises `ApiTokenError`, and `Throttled` for a token that is used too often."""
    token = token_find(secret)
    count = counted_in_window(f"api_token:{token.pk}", WINDOW_SECONDS)
    if count > settings.CANVAS_TOKEN_REQUESTS_PER_MINUTE:
        raise Throttled(wait=seconds_left(WINDOW_SECONDS))
    token_used(token)
    return token.user, token


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
