"""Decides who a socket is and what it may do, before a byte of the board is sent.

Credentials are `?token=<jwt>` (an access token, a ticket for one socket, or a share link without a
password), or the session cookie together with an allowed Origin. A bad token is a refusal, never a
fall-back to the cookie.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from audit.actions import AuditVia
from audit.actor import Actor
from boards.access.resolve import VIA_LINK, Access, BoardFacts, Entry, resolve_access
from boards.entry.opened_links import link_ids_of_session
from boards.identity.guests import guest_names, guest_owner
from boards.identity.names import display_name
from boards.identity.token_sessions import SESSION_VIA_KEY, SessionElsewhereError, session_ends_at
from boards.identity.tokens import (
    AUDIENCE_LINK,
    AUDIENCE_TICKET,
    Ticket,
    TokenError,
    audience_of,
    credentials_version,
    link_of_token,
    redeem_ticket,
    user_of_access_token,
)
from boards.models import PROCESS, Board, LiveConnection
from boards.visits.record import visit_id_of, visit_leave, visit_open
from boards.visits.refused import refusal_record
from sync.access.handshake import Request
from sync.wire.close_codes import CloseCode
from sync.wire.signatures import Signer

ENTRY = "websocket"
Reserve = Callable[[int | None], bool]
"""Reserves a place for a socket of the account (None for a guest). Returns whether there was one.
"""
EXPIRED_REASON = "The token has expired."
"""The same text whether a token expires while its socket is open or had expired before."""


class RefusedError(Exception):
    """The socket gets a close code instead of the board; `reason` is shown to the person."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


Refused = RefusedError


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


@dataclass(frozen=True, slots=True)
class Admission:
    """Who was let in, and the access that the board's permissions give them."""

    request: Request
    user_id: int | None
    name: str
    access: Access
    expires_at: datetime | None
    """When the token or the link that let them in ends; None for a session or a public link."""
    via: AuditVia = AuditVia.PUBLIC
    link_ids: tuple[UUID, ...] = ()
    version: str | None = None
    session_key: str | None = None
    """The socket ends when this session does."""
    connection_id: UUID = field(default_factory=uuid4)
    head_seq: int = 0
    """The board's head at admission; the socket is sent nothing older."""
    admitted_at: float = field(default_factory=time.monotonic)

    @property
    def visit_id(self) -> UUID:
        """The visit in the audit log that the socket is part of."""
        board_id, link_id = self.request.board_id, self.access.share_link_id
        return visit_id_of(board_id, self.user_id, self.request.origin, self.via, link_id)

    @property
    def has_guest_secret(self) -> bool:
        """Whether a guest can be told from others at the same address."""
        return self.request.guest_secret is not None

    def signer(self) -> Signer:
        """Who signs what the socket writes. A guest without a cookie is identified by address."""
        if self.user_id is not None:
            return Signer(self.user_id, frozenset({self.name}), guest_names())
        secret = self.request.guest_secret or f"at {self.request.origin.counted_as}"
        return Signer(guest_owner(secret), guest_names(), guest_names())


def admit(request: Request, reserve: Reserve | None = None) -> Admission:
    """Resolves the credentials and the access, and writes the audit row; blocks on the database.

    The board is read before the credentials, so the access version is never newer than the session
    it was computed from. `reserve` is called before anything is written.

    Raises:
        RefusedError: with the close code that tells the client what to do.
    """
    board = Board.objects.filter(pk=request.board_id).first()
    identity = authenticate(request)
    user = identity.user
    access = access_of(request, board, identity) if board else None
    if board is None or access is None or not access.can_view:
        _record_refusal(request, identity, board, "no_permission")
        if board is not None and access is not None and access.can_manage:
            raise RefusedError(CloseCode.BOARD_GONE, "This board is in the trash.")
        raise _no_access(user)
    admission = Admission(
        request=request,
        user_id=user.pk if user else None,
        name=display_name(user) if user else "Guest",
        access=access,
        expires_at=_earlier(identity.expires_at, access.expires_at),
        via=_via_of(request, identity, access),
        link_ids=identity.link_ids,
        version=identity.version,
        session_key=identity.session_key,
        head_seq=board.head_seq,
    )
    if reserve is not None and not reserve(admission.user_id):
        raise RefusedError(CloseCode.TOO_MANY, "Too many open connections.")
    _record_access(admission, user, board)
    # Checked again: from here on a sign-out finds the connection, but one just before would have
    # missed it.
    if user is not None and _identity_now(admission) is None:
        record_leave(admission, close_code=CloseCode.NOT_AUTHENTICATED, updates=0, bytes_in=0)
        raise _no_access(None)
    return admission


def _via_of(request: Request, identity: Identity, access: Access) -> AuditVia:
    if access.via == VIA_LINK:
        return AuditVia.LINK
    return AuditVia.PUBLIC if request.entry is Entry.PUBLIC else identity.via


def _record_access(admission: Admission, user: User | None, board: Board) -> None:
    """Records the visit and, for an account, the row through which a sign-out finds the socket."""
    with transaction.atomic():
        if user is not None:
            if connection.features.has_select_for_update:
                # Anyone changing the account has either finished by now or will find the
                # connection.
                User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
            LiveConnection.objects.create(
                connection_id=admission.connection_id,
                board_id=board.pk,
                user_id=user.pk,
                process=PROCESS,
                seen_at=timezone.now(),
            )
        visit_open(
            board=board,
            access=admission.access,
            by=Actor(user, admission.request.origin, admission.via),
            entry=ENTRY,
            socket_id=admission.connection_id,
        )


def record_leave(
    admission: Admission, *, close_code: int | None, updates: int, bytes_in: int
) -> None:
    """Removes an admitted socket from its visit. Blocks on the database."""
    with transaction.atomic():
        LiveConnection.objects.filter(pk=admission.connection_id).delete()
        visit_leave(admission.visit_id, updates=updates, bytes_in=bytes_in, close_code=close_code)


def access_of(
    request: Request, board: Board, identity: Identity, facts: BoardFacts | None = None
) -> Access:
    """What a person may do on the board. `facts` as in `resolve_access`."""
    return resolve_access(
        board,
        user=identity.user,
        entry=request.entry,
        wants_edit=request.wants_edit,
        link_ids=identity.link_ids,
        facts=facts,
    )


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min(first, second) if first and second else first or second


def _record_refusal(request: Request, identity: Identity, board: Board | None, reason: str) -> None:
    refusal_record(
        board_id=request.board_id,
        board=board,
        by=Actor(identity.user, request.origin, identity.via),
        entry=ENTRY,
        reason=reason,
    )


def record_token_refusal(request: Request, reason: str) -> None:
    """Writes the audit row of a token that is not valid; blocks on the database."""
    _record_refusal(request, Identity(via=AuditVia.TOKEN), None, reason)


def refused_token(reason: str) -> RefusedError:
    """The refusal for an invalid token."""
    text = EXPIRED_REASON if reason == "expired" else "The token is not valid."
    return RefusedError(CloseCode.NOT_AUTHENTICATED, text)


def authenticate(request: Request) -> Identity:
    """Who the credentials name, if anyone.

    Raises:
        RefusedError: a token was given and is not valid.
    """
    if request.token is not None:
        try:
            return _identity_of_token(request.token, request.board_id)
        except TokenError as error:
            record_token_refusal(request, error.reason)
            raise refused_token(error.reason) from None
    if request.session_key is None:
        return Identity()
    return _identity_of_session(request.session_key, request.board_id)


def _identity_of_token(token: str, board_id: UUID) -> Identity:
    """Raises `TokenError`."""
    kind = audience_of(token)
    if kind == AUDIENCE_LINK:
        link = link_of_token(token)
        if link.board_id != board_id:
            raise TokenError("other_board")
        if link.has_password:  # it is typed on the page, which puts the link into the session
            raise TokenError("password_needed")
        return Identity(via=AuditVia.LINK, link_ids=(link.pk,))
    if kind == AUDIENCE_TICKET:
        ticket = redeem_ticket(token)
        if ticket.board_id != board_id:
            raise TokenError("other_board")
        if ticket.session_key:
            return _identity_of_session_ticket(ticket)
        version = ticket.version if ticket.user else None
        return Identity(ticket.user, AuditVia.TICKET, ticket.link_ids, version, ticket.ends_at)
    user, expires_at = user_of_access_token(token)
    return Identity(user, AuditVia.TOKEN, (), credentials_version(user), expires_at)


def _identity_of_session_ticket(ticket: Ticket) -> Identity:
    """A ticket is worth exactly what its session is worth now. Raises `TokenError`."""
    identity = _identity_of_session(ticket.session_key, ticket.board_id)
    if identity.user != ticket.user or not session_store().exists(ticket.session_key):
        raise TokenError("session_ended")
    return replace(identity, via=AuditVia.TICKET)


def _identity_of_session(session_key: str, board_id: UUID) -> Identity:
    """The session as it is now. One that ended, or whose user changed their password, names nobody.

    Neither does a session started by a token, on other boards or after the token's end.
    """
    http = HttpRequest()
    http.session = session_store(session_key)
    return identity_of(http.session, get_user(http), board_id)


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


def _no_access(user: User | None) -> RefusedError:
    # The same for a private and a missing board, so that ids cannot be probed.
    if user is None:
        return RefusedError(CloseCode.NOT_AUTHENTICATED, "Sign in to open this board.")
    return RefusedError(CloseCode.NO_PERMISSION, "You have no access to this board.")


def resolve_again(admission: Admission) -> Access | None:
    """What the person behind a live socket may do now; None when their credentials no longer name
    anyone.

    A session is read again: after a sign-out or a password change it names nobody. A token named
    its user when the socket was opened and stays valid until the password changes. Share links
    count as their rows say now. For many sockets of one board, see `sync.access.reauthorize`.
    """
    request = admission.request
    board = Board.objects.filter(pk=request.board_id).first()
    identity = _identity_now(admission)
    if board is None or identity is None:
        return None
    return access_of(request, board, identity)


def _identity_now(admission: Admission) -> Identity | None:
    if admission.session_key is not None:
        identity = _identity_of_session(admission.session_key, admission.request.board_id)
        return same_identity(admission, identity)
    user = None
    if admission.user_id is not None:
        user = User.objects.filter(pk=admission.user_id).first()
    return identity_of_token_now(admission, user)


def same_identity(admission: Admission, identity: Identity) -> Identity | None:
    """What a session says now, unless it names someone other than at admission."""
    user_id = identity.user.pk if identity.user else None
    return identity if user_id == admission.user_id else None


def identity_of_token_now(admission: Admission, user: User | None) -> Identity | None:
    """What a token, or no credentials, are worth now. `user` is the account's current row."""
    if admission.user_id is None:
        return Identity(link_ids=admission.link_ids)
    if user is None or not user.is_active:
        return None
    if admission.version is not None and admission.version != credentials_version(user):
        return None
    return Identity(user, link_ids=admission.link_ids)
