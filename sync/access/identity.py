"""Who the credentials of a socket name: an account, a share link, or nobody.

Credentials are `?token=` (an access token, the token of a program, a ticket for one socket, or a
share link without a password), or the session cookie together with an allowed Origin. A bad token
is a refusal, never a fall-back to the cookie.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.models import ApiToken
from accounts.proxy_header.middleware import may_go_on
from accounts.sign_in.endings import credentials_version
from accounts.tokens.services import (
    ApiTokenError,
    actor_token,
    token_find,
    token_used,
    tokens_now,
)
from audit.actions import AuditVia
from audit.actor import ActorToken
from boards.access.scopes import Scopes
from boards.entry.opened_links import link_ids_of_session
from boards.identity.token_sessions import SESSION_VIA_KEY, SessionElsewhereError, session_ends_at
from boards.identity.tokens import (
    AUDIENCE_LINK,
    AUDIENCE_PROGRAM,
    AUDIENCE_TICKET,
    Ticket,
    TokenError,
    audience_of,
    link_of_token,
    redeem_ticket,
    user_of_access_token,
)
from sync.access.handshake import Request
from sync.access.refusals import record_token_refusal, refused_token


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the credentials name, and what must stay unchanged for them to remain valid."""

    user: User | None = None
    via: AuditVia = AuditVia.PUBLIC
    link_ids: tuple[UUID, ...] = ()
    version: str | None = None
    """Version of the user's password, when a token was given. Sessions keep their own."""
    expires_at: datetime | None = None
    session_key: str | None = None
    """The session that counts: the cookie's, or the one that requested the ticket."""
    token: ActorToken | None = None
    """The token of a program that counts: the one given, or the one that requested the ticket."""
    scopes: Scopes | None = None
    """What that token may do."""


def authenticate(request: Request) -> Identity:
    """Who the credentials name, if anyone.

    Raises:
        RefusedError: a token was given and is not valid.
    """
    if request.token is not None:
        try:
            return _identity_of_token(request.token, request)
        except (TokenError, ApiTokenError) as error:
            record_token_refusal(request, error.reason)
            raise refused_token(error.reason) from None
    if request.session_key is None:
        return Identity()
    return identity_of_session(request.session_key, request)


def _identity_of_token(token: str, request: Request) -> Identity:
    """Raises `TokenError`, `ApiTokenError`."""
    board_id = request.board_id
    kind = audience_of(token)
    if kind == AUDIENCE_PROGRAM:
        found = token_find(token)
        token_used(found)
        return identity_of_program(found)
    if kind == AUDIENCE_LINK:
        link = link_of_token(token, board_id)
        if link.has_password:  # it is typed on the page, which puts the link into the session
            raise TokenError("password_needed")
        return Identity(via=AuditVia.LINK, link_ids=(link.pk,))
    if kind == AUDIENCE_TICKET:
        ticket = redeem_ticket(token)
        if ticket.board_id != board_id:
            raise TokenError("other_board")
        if ticket.session_key:
            return _identity_of_session_ticket(ticket, request)
        if ticket.program_token_id is not None:
            return _identity_of_program_ticket(ticket.program_token_id)
        version = ticket.version if ticket.user else None
        return Identity(ticket.user, AuditVia.TICKET, ticket.link_ids, version, ticket.ends_at)
    user, expires_at = user_of_access_token(token)
    return Identity(user, AuditVia.TOKEN, (), credentials_version(user), expires_at)


def identity_of_program(token: ApiToken, via: AuditVia = AuditVia.TOKEN) -> Identity:
    """The person a valid token acts for, and how far. It does not end with their password."""
    return Identity(
        token.user,
        via,
        expires_at=token.expires_at,
        token=actor_token(token),
        scopes=Scopes.parse(token.scopes),
    )


def _identity_of_program_ticket(token_id: UUID) -> Identity:
    """A ticket is worth exactly what its token is worth now. Raises `TokenError`."""
    token = tokens_now([token_id]).get(token_id)
    if token is None:
        raise TokenError("revoked")
    return identity_of_program(token, AuditVia.TICKET)


def _identity_of_session_ticket(ticket: Ticket, request: Request) -> Identity:
    """A ticket is worth exactly what its session is worth now. Raises `TokenError`."""
    identity = identity_of_session(ticket.session_key, request)
    if identity.user != ticket.user or not session_store().exists(ticket.session_key):
        raise TokenError("session_ended")
    return replace(identity, via=AuditVia.TICKET)


def identity_of_session(session_key: str, request: Request) -> Identity:
    """The session as it is now. One that ended, or whose user changed their password, names nobody.

    Neither does a session started by a token, on other boards or after the token's end, nor one
    of somebody else than a trusted proxy names.
    """
    http = HttpRequest()
    http.session = session_store(session_key)
    user = get_user(http)
    if not may_go_on(http.session, user, request.proxy_name):
        return Identity()
    return identity_of(http.session, user, request.board_id)


def session_store(session_key: str | None = None) -> SessionBase:
    """The session with this key; it need not exist."""
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return store


def identity_of(
    session: SessionBase, user: User | AnonymousUser | None, board_id: UUID
) -> Identity:
    """Who a session of `user` names on a board."""
    expires_at = None
    try:
        expires_at = session_ends_at(session, board_id)
    except SessionElsewhereError:
        user = None
    person = user if isinstance(user, User) and user.is_active else None
    via = AuditVia.PUBLIC
    if person is not None:
        is_by_token = session.get(SESSION_VIA_KEY) == AuditVia.TOKEN
        via = AuditVia.TOKEN if is_by_token else AuditVia.SESSION
    return Identity(
        person,
        via,
        link_ids_of_session(session),
        expires_at=expires_at,
        session_key=session.session_key,
    )
