"""Decides what a socket may do, before a byte of the board is sent, and again while it is open."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from accounts.account_page.menu import picture_of
from accounts.limits.person_lock import hold_person
from accounts.limits.refusals import RefusalError
from accounts.models import ApiToken
from accounts.sign_in.endings import credentials_version
from accounts.tokens.services import tokens_now
from audit.actions import AuditVia
from audit.actor import Actor, ActorToken
from boards.access.newcomers import open_to_members
from boards.access.resolve import VIA_LINK, Access, BoardFacts, Entry, resolve_access
from boards.compiled import Rows, by_key, deleting, inserting
from boards.identity.accounts import account_now
from boards.identity.guests import guest_names, guest_owner
from boards.identity.names import display_name
from boards.models import PROCESS, Board, LiveConnection
from boards.visits.record import visit_id_of, visit_leave, visit_open
from sync.access.handshake import ENTRY, Request
from sync.access.identity import (
    Identity,
    authenticate,
    identity_of_program,
    identity_of_session,
)
from sync.access.refusals import RefusedError, no_access, record_refusal
from sync.wire.close_codes import CloseCode
from sync.wire.signatures import Signer

Reserve = Callable[[int | None], bool]
"""Reserves a place for a socket of the account (None for a guest). Returns whether there was one.
"""

_board = Rows(by_key(Board))
_insert_connection = inserting(LiveConnection)
_delete_connection = deleting(by_key(LiveConnection))


@dataclass(frozen=True, slots=True)
class Admission:
    """Who was let in, and the access that the board's permissions give them."""

    request: Request
    user_id: int | None
    name: str
    access: Access
    expires_at: datetime | None
    """When the token or the link that let them in ends; None for a session or a public link."""
    picture: str = ""
    """The address of the person's picture; empty without one."""
    via: AuditVia = AuditVia.PUBLIC
    link_ids: tuple[UUID, ...] = ()
    version: str | None = None
    session_key: str | None = None
    """The socket ends when this session does."""
    token: ActorToken | None = None
    """The token of a program, with which the socket ends."""
    connection_id: UUID = field(default_factory=uuid4)
    head_seq: int = 0
    """The board's head at admission; the socket is sent nothing older."""
    admitted_at: float = field(default_factory=time.monotonic)

    @property
    def visit_id(self) -> UUID:
        """The visit in the audit log that the socket is part of."""
        board_id, link_id = self.request.board_id, self.access.share_link_id
        return visit_id_of(
            board_id, self.user_id, self.request.origin, self.via, link_id, self.token
        )

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
    board = _board.first(id=request.board_id)
    identity = authenticate(request)
    user = identity.user
    access = access_of(request, board, identity) if board else None
    if board is None or access is None or not access.can_view:
        by = Actor(user, request.origin, identity.via, identity.token)
        record_refusal(request, by, board, "no_permission")
        if board is not None and access is not None and access.can_manage:
            raise RefusedError(CloseCode.BOARD_GONE, "This board is in the trash.")
        raise no_access(user)
    if _opened_to_members(board, access):
        return admit(request, reserve)
    admission = Admission(
        request=request,
        user_id=user.pk if user else None,
        name=display_name(user) if user else "Guest",
        access=access,
        expires_at=_earlier(identity.expires_at, access.expires_at),
        picture=picture_of(user) if user else "",
        via=_via_of(request, identity, access),
        link_ids=identity.link_ids,
        version=identity.version,
        session_key=identity.session_key,
        token=identity.token,
        head_seq=board.head_seq,
    )
    if reserve is not None and not reserve(admission.user_id):
        raise RefusedError(CloseCode.TOO_MANY, "Too many open connections.")
    _record_access(admission, user, board)
    # Checked again: from here on a sign-out finds the connection, but one just before would have
    # missed it.
    if user is not None and identity_now(admission) is None:
        record_leave(admission, close_code=CloseCode.NOT_AUTHENTICATED, updates=0, bytes_in=0)
        raise no_access(None)
    return admission


def _opened_to_members(board: Board, access: Access) -> bool:
    """Whether what is deleted had to go first. A socket gets nothing older than the head that is
    read afterwards."""
    try:
        return open_to_members(board, access)
    except RefusalError as error:
        raise RefusedError(CloseCode.STORAGE_UNAVAILABLE, str(error)) from error


def _via_of(request: Request, identity: Identity, access: Access) -> AuditVia:
    if access.via == VIA_LINK:
        return AuditVia.LINK
    return AuditVia.PUBLIC if request.entry is Entry.PUBLIC else identity.via


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min(first, second) if first and second else first or second


def _record_access(admission: Admission, user: User | None, board: Board) -> None:
    """Records the visit and, for an account, the row through which a sign-out finds the socket."""
    with transaction.atomic():
        if user is not None:
            # Anyone changing the account has either finished by now or will find the connection.
            hold_person(user.pk)
            _insert_connection(
                connection_id=admission.connection_id,
                board_id=board.pk,
                user_id=user.pk,
                process=PROCESS,
                seen_at=timezone.now(),
            )
        visit_open(
            board=board,
            access=admission.access,
            by=Actor(user, admission.request.origin, admission.via, admission.token),
            entry=ENTRY,
            socket_id=admission.connection_id,
        )


def record_leave(
    admission: Admission, *, close_code: int | None, updates: int, bytes_in: int
) -> None:
    """Removes an admitted socket from its visit. Blocks on the database."""
    with transaction.atomic():
        _delete_connection(connection_id=admission.connection_id)
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
        scopes=identity.scopes,
    )


def identity_now(admission: Admission) -> Identity | None:
    """What the credentials of an open socket are worth now; None when they name nobody any more.

    A session is read again: after a sign-out or a password change it names nobody. A token named
    its user when the socket was opened and stays valid until the password changes; the token of a
    program, until its row is gone. Share links count as their rows say now. For many sockets of one
    board, see `sync.access.reauthorize`.
    """
    if admission.session_key is not None:
        identity = identity_of_session(admission.session_key, admission.request)
        return same_identity(admission, identity)
    if admission.token is not None:
        return identity_of_program_now(admission, tokens_now([admission.token.id]))
    user = None
    if admission.user_id is not None:
        user = account_now(admission.user_id)
    return identity_of_token_now(admission, user)


def identity_of_program_now(
    admission: Admission, valid: Mapping[UUID, ApiToken]
) -> Identity | None:
    """What the token of a program is worth now. `valid` has it if it is still valid."""
    token = valid.get(admission.token.id) if admission.token is not None else None
    return None if token is None else identity_of_program(token, admission.via)


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
