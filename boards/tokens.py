"""Access tokens: short-lived signed JWTs (RFC 7519) that name a user. HS256 with a ring of keys."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

ALGORITHM = "HS256"
ISSUER = "canvas"
AUDIENCE_API = "canvas:api"
LEEWAY_SECONDS = 10
TOKEN_MAX_LENGTH = 4096
REQUIRED_CLAIMS = ("exp", "iat", "aud", "iss", "sub", "jti", "ver")


class TokenError(Exception):
    """The token is not accepted. ``reason`` is a short word for logs; callers answer all alike."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def issue_access_token(user: User) -> tuple[str, datetime]:
    """A token for the API and the sockets, and when it expires."""
    now = timezone.now()
    expires_at = now + timedelta(seconds=settings.CANVAS_ACCESS_TOKEN_SECONDS)
    key_id, secret = next(iter(settings.CANVAS_JWT_KEYS.items()))
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE_API,
        "sub": str(user.pk),
        "jti": uuid.uuid4().hex,
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
        "ver": _credentials_version(user),
    }
    token = jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": key_id})
    return token, expires_at.replace(microsecond=0)


def user_of_access_token(token: str) -> tuple[User, datetime]:
    """The active user a token names, and when it expires. Raises ``TokenError``.

    A changed password or a switched off account ends every token issued before.
    """
    claims = _verified_claims(token)
    user = _active_user(claims["sub"])
    if not hmac.compare_digest(str(claims["ver"]), _credentials_version(user)):
        raise TokenError("superseded")
    return user, datetime.fromtimestamp(claims["exp"], tz=UTC)


def _verified_claims(token: str) -> dict[str, Any]:
    if len(token) > TOKEN_MAX_LENGTH:
        raise TokenError("too_long")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _secret_of(token),
            algorithms=[ALGORITHM],  # a constant: never what the token's own header asks for
            audience=AUDIENCE_API,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": list(REQUIRED_CLAIMS), "strict_aud": True},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenError("expired") from error
    except (jwt.PyJWTError, ValueError) as error:
        raise TokenError("invalid") from error
    return claims


def _secret_of(token: str) -> str:
    key_id = jwt.get_unverified_header(token).get("kid")
    secret = settings.CANVAS_JWT_KEYS.get(key_id) if isinstance(key_id, str) else None
    if secret is None:
        raise TokenError("unknown_key")
    return secret


def _active_user(subject: str) -> User:
    try:
        user = User.objects.get(pk=int(subject))
    except (ValueError, OverflowError, User.DoesNotExist) as error:
        raise TokenError("unknown_user") from error
    if not user.is_active:
        raise TokenError("inactive_user")
    return user


def _credentials_version(user: User) -> str:
    """Changes with the user's password; says nothing about it."""
    return hashlib.sha256(user.get_session_auth_hash().encode()).hexdigest()[:32]
