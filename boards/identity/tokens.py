"""Signed JWTs (RFC 7519), HS256 with several keys. The audience tells the three kinds apart.

An access token names a user for some minutes. A ticket opens one socket of one board once. A link
token names a share link, whose row decides everything; those that are made now are shorter, see
`link_tokens`.
"""

from __future__ import annotations

import hmac
import math
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from accounts.sign_in.endings import credentials_version
from accounts.tokens.secret import is_secret, is_whole
from boards.identity.accounts import account_now
from boards.identity.link_tokens import (
    is_short_token,
    is_signed,
    link_of_short_token,
    short_token,
)
from boards.models import ShareLink, SocketTicket

ALGORITHM = "HS256"
ISSUER = "canvas"
AUDIENCE_API = "canvas:api"
AUDIENCE_TICKET = "canvas:ws"
AUDIENCE_LINK = "canvas:link"
AUDIENCE_PROGRAM = "canvas:program"
"""Of the tokens of programs, which are no JWTs: see `accounts.tokens`."""
TICKET_SECONDS = 60
ANONYMOUS_SUBJECT = "anon"
CLOCK_SKEW_SECONDS = 10
"""How far ahead the clock of the issuing process may be."""
TOKEN_MAX_LENGTH = 4096
REQUIRED_CLAIMS = {
    AUDIENCE_API: ("exp", "iat", "aud", "iss", "sub", "jti", "ver"),
    AUDIENCE_TICKET: ("exp", "iat", "aud", "iss", "sub", "jti", "ver", "board"),
    AUDIENCE_LINK: ("iat", "aud", "iss", "sub", "jti"),
}


class TokenError(Exception):
    """The token is not valid. `reason` is a word for logs; clients always get the same answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ticket:
    """A redeemed ticket: who opens the socket of which board, and with which share links."""

    board_id: uuid.UUID
    user: User | None
    link_ids: tuple[uuid.UUID, ...]
    version: str
    session_key: str
    """The session that requested it and with which it ends; empty for a program."""
    ends_at: datetime | None
    """When the token that requested it ends, and with it the socket."""
    program_token_id: uuid.UUID | None = None
    """The token of the program that requested it, whose scopes it has."""


def issue_access_token(user: User) -> tuple[str, datetime]:
    """An access token, and when it expires."""
    return _issue(
        AUDIENCE_API,
        str(user.pk),
        seconds=settings.CANVAS_ACCESS_TOKEN_SECONDS,
        ver=credentials_version(user),
    )


def issue_ticket(
    board_id: uuid.UUID,
    user: User | None,
    link_ids: tuple[uuid.UUID, ...] = (),
    *,
    session_key: str = "",
    ends_at: datetime | None = None,
    program_token_id: uuid.UUID | None = None,
) -> tuple[str, datetime]:
    """A ticket for one socket of this board, and when it expires.

    It ends with the session, or with the token (`ends_at`), that requested it. The session key is
    stored in the row, not in the ticket, which anyone who has it can read.
    """
    ticket_id = uuid.uuid4()
    token, expires_at = _issue(
        AUDIENCE_TICKET,
        str(user.pk) if user else ANONYMOUS_SUBJECT,
        seconds=TICKET_SECONDS,
        jti=ticket_id.hex,
        ver=credentials_version(user) if user else "",
        board=str(board_id),
        links=[str(link_id) for link_id in link_ids],
        **({"until": int(ends_at.timestamp())} if ends_at else {}),
        **({"program": str(program_token_id)} if program_token_id else {}),
    )
    SocketTicket.objects.filter(ends_at__lt=int(time.time())).delete()
    SocketTicket.objects.create(
        pk=ticket_id, session_key=session_key, ends_at=int(expires_at.timestamp())
    )
    return token, expires_at


def link_token(link: ShareLink) -> str:
    """The token of a share link. It is the same each time, as long as the signing key is."""
    return short_token(link.pk)


def _issue(audience: str, subject: str, *, seconds: int, **more: Any) -> tuple[str, datetime]:
    now = timezone.now()
    expires = math.ceil(now.timestamp() + seconds)
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "sub": subject,
        "jti": uuid.uuid4().hex,
        "iat": int(now.timestamp()),
        "exp": expires,
        **more,
    }
    return _signed(claims), datetime.fromtimestamp(expires, tz=UTC)


def _signed(claims: dict[str, Any]) -> str:
    key_id, secret = next(iter(settings.CANVAS_JWT_KEYS.items()))
    return jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": key_id})


def audience_of(token: str) -> str:
    """The kind of a token, whatever else may be wrong with it."""
    if is_secret(token):
        return AUDIENCE_PROGRAM
    if is_short_token(token):
        return AUDIENCE_LINK
    try:
        audience = _signed_claims(token).get("aud")
    except TokenError:
        return AUDIENCE_API
    return audience if audience in (AUDIENCE_TICKET, AUDIENCE_LINK) else AUDIENCE_API


def token_fault(token: str) -> str | None:
    """Why a token is invalid whatever the database says; None if only the database can tell."""
    if is_secret(token):
        return None if is_whole(token) else "invalid"
    if is_short_token(token):
        return None if is_signed(token) else "invalid"
    try:
        _verified_claims(token, audience_of(token))
    except TokenError as error:
        return error.reason
    return None


def user_of_access_token(token: str) -> tuple[User, datetime]:
    """The active user that a token names, and when it expires. Raises `TokenError`.

    Changing the password or deactivating the account ends every token issued before.
    """
    claims = _verified_claims(token, AUDIENCE_API)
    user = _user_of(claims)
    return user, datetime.fromtimestamp(claims["exp"], tz=UTC)


def issued_at(access_token: str) -> datetime:
    """When the password was given for a valid access token. Raises `TokenError`."""
    return datetime.fromtimestamp(_verified_claims(access_token, AUDIENCE_API)["iat"], tz=UTC)


def redeem_ticket(token: str) -> Ticket:
    """Redeems a ticket. Raises `TokenError` the second time, and for invalid ones.

    An unused ticket is a row, so a used one can't be forgotten. A ticket is refused if the session
    or token that requested it has ended.
    """
    claims = _verified_claims(token, AUDIENCE_TICKET)
    user = None if claims["sub"] == ANONYMOUS_SUBJECT else _user_of(claims)
    try:
        ticket_id, board_id = uuid.UUID(str(claims["jti"])), uuid.UUID(str(claims["board"]))
        link_ids = tuple(uuid.UUID(str(link_id)) for link_id in claims.get("links", []))
        program_token_id = uuid.UUID(claims["program"]) if "program" in claims else None
    except (ValueError, TypeError) as error:
        raise TokenError("invalid") from error
    row = SocketTicket.objects.filter(pk=ticket_id)
    session_key = row.values_list("session_key", flat=True).first()
    if session_key is None or row.delete()[0] == 0:
        raise TokenError("used")
    ends_at = datetime.fromtimestamp(claims["until"], tz=UTC) if "until" in claims else None
    if ends_at is not None and ends_at <= timezone.now():
        raise TokenError("expired")
    return Ticket(board_id, user, link_ids, claims["ver"], session_key, ends_at, program_token_id)


def link_of_token(token: str, board_id: uuid.UUID) -> ShareLink:
    """The active share link of a board that a token names, with its board. Raises `TokenError`.

    Level, password, expiry and revocation are read from the row.
    """
    if is_short_token(token):
        link = link_of_short_token(token, board_id)
    else:
        link = _link_of_jwt(token, board_id)
    if link is None:
        raise TokenError("unknown_link")
    if link.revoked_at is not None:
        raise TokenError("revoked")
    if link.expires_at is not None and link.expires_at <= timezone.now():
        raise TokenError("expired")
    return link


def _link_of_jwt(token: str, board_id: uuid.UUID) -> ShareLink | None:
    """Of a link that an earlier version wrote. Raises `TokenError`."""
    claims = _verified_claims(token, AUDIENCE_LINK)
    try:
        link_id, own_board_id = uuid.UUID(claims["jti"]), uuid.UUID(claims["sub"])
    except ValueError as error:
        raise TokenError("invalid") from error
    if own_board_id != board_id:
        raise TokenError("other_board")
    return ShareLink.objects.select_related("board").filter(pk=link_id, board=board_id).first()


def _user_of(claims: Mapping[str, Any]) -> User:
    user = _active_user(claims["sub"])
    if not hmac.compare_digest(str(claims["ver"]), credentials_version(user)):
        raise TokenError("superseded")
    return user


def _verified_claims(token: str, audience: str) -> Mapping[str, Any]:
    claims = _signed_claims(token)
    is_whole_token = all(claims.get(claim) is not None for claim in REQUIRED_CLAIMS[audience])
    if claims.get("aud") != audience or not is_whole_token:
        raise TokenError("invalid")
    # No leeway for the end: sockets are closed at that second, and nobody is let in after it.
    if "exp" in claims and claims["exp"] <= time.time():
        raise TokenError("expired")
    return claims


def _signed_claims(token: str) -> Mapping[str, Any]:
    """The claims of a token that this server signed: of any kind, and even an expired one."""
    if len(token) > TOKEN_MAX_LENGTH:
        raise TokenError("too_long")
    try:
        return _decoded(token, tuple(settings.CANVAS_JWT_KEYS.items()))
    except (jwt.PyJWTError, ValueError) as error:
        raise TokenError("invalid") from error


@lru_cache(maxsize=1024)
def _decoded(token: str, keys: tuple[tuple[str, str], ...]) -> Mapping[str, Any]:
    """The claims of a token that is signed with one of the keys.

    A socket's token is looked at on the event loop and then by its admission, and people come back
    with the same one. What is not signed is not remembered.
    """
    key_id = jwt.get_unverified_header(token).get("kid")
    secret = dict(keys).get(key_id) if isinstance(key_id, str) else None
    if secret is None:
        raise TokenError("unknown_key")
    claims: dict[str, Any] = jwt.decode(
        token,
        secret,
        algorithms=[ALGORITHM],  # a constant: never what the token's own header asks for
        issuer=ISSUER,
        leeway=CLOCK_SKEW_SECONDS,
        # Both are checked each time, in `_verified_claims`.
        options={"verify_exp": False, "verify_aud": False, "require": ["iat", "iss"]},
    )
    if not isinstance(claims.get("exp", 0), int):
        raise TokenError("invalid")
    return MappingProxyType(claims)


def _active_user(subject: str) -> User:
    try:
        user = account_now(int(subject))
    except (ValueError, OverflowError) as error:
        raise TokenError("unknown_user") from error
    if user is None:
        raise TokenError("unknown_user")
    if not user.is_active:
        raise TokenError("inactive_user")
    return user
