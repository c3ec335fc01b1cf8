"""Resolves the access of open sockets again after something about it changed."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.tokens.services import tokens_now
from boards.access.resolve import Access, BoardFacts
from boards.models import Board
from sync.access.admission import (
    Admission,
    access_of,
    identity_of_program_now,
    identity_of_token_now,
    same_identity,
)
from sync.access.identity import Identity, identity_of, session_store
from sync.access.refusals import RefusedError
from sync.storage.log import Head
from sync.wire.close_codes import CloseCode

DISCONNECTED = "An administrator has disconnected everybody."

_AT_ONCE = 5000
"""Ids in one SQL statement."""


Answer = tuple[Access | None, RefusedError | None]
"""What a socket may do now, and why it must be closed, if it must."""


async def resolve_all(
    board_id: UUID, admissions: Sequence[Admission]
) -> tuple[Head | None, list[Answer]]:
    """The board's head, and the answer for each socket, at least as new as that head.

    The head is read first: a change in between shows up as a newer access version next time. Takes
    seven queries at most, no matter how many sockets there are.
    """
    return await sync_to_async(_resolve_all, thread_sensitive=False)(board_id, admissions)


def _resolve_all(
    board_id: UUID, admissions: Sequence[Admission]
) -> tuple[Head | None, list[Answer]]:
    try:
        board = Board.objects.filter(pk=board_id).first()
        if board is None:
            return None, [(None, _refusal_of(None, one, None)) for one in admissions]
        identities = _identities_now(admissions)
        users = {one.user for one in identities if one is not None and one.user is not None}
        link_ids = {link for one in identities if one is not None for link in one.link_ids}
        facts = BoardFacts(board, users=users, link_ids=link_ids)
        accesses = [
            None if identity is None else access_of(admission.request, board, identity, facts)
            for admission, identity in zip(admissions, identities, strict=True)
        ]
        present = None if board.is_trashed else board
        head = Head(present.head_seq, present.access_version) if present else None
        answers = [
            (access, _refusal_of(present, admission, access))
            for admission, access in zip(admissions, accesses, strict=True)
        ]
        return head, answers
    finally:
        close_old_connections()


def _identities_now(admissions: Sequence[Admission]) -> list[Identity | None]:
    """Who each socket's credentials name now. `sync.access.admission.identity_now` for many."""
    sessions = _sessions({one.session_key for one in admissions if one.session_key is not None})
    named = {key: _named_by(session) for key, session in sessions.items()}
    ids = {one.user_id for one in admissions} | set(named.values())
    users = _users({user_id for user_id in ids if user_id is not None})
    tokens = tokens_now({one.token.id for one in admissions if one.token is not None})

    def identity_now(admission: Admission) -> Identity | None:
        if admission.token is not None:
            return identity_of_program_now(admission, tokens)
        user = users.get(admission.user_id or 0)
        if admission.session_key is None:
            return identity_of_token_now(admission, user)
        session = sessions.get(admission.session_key)
        if session is None:
            session = session_store()  # it has ended: an empty session, which names nobody
            session._session_cache = {}  # type: ignore[attr-defined]
        owner = users.get(named.get(admission.session_key) or 0)
        is_valid = owner is not None and _has_hash_of(session, owner)
        identity = identity_of(session, owner if is_valid else None, admission.request.board_id)
        return same_identity(admission, identity)

    return [identity_now(admission) for admission in admissions]


def _sessions(keys: set[str]) -> dict[str, SessionBase]:
    """The sessions that have not ended. They are database rows (SESSION_ENGINE)."""
    found = {}
    for some in _in_parts(keys):
        rows = Session.objects.filter(session_key__in=some, expire_date__gt=timezone.now())
        for key, data in rows.values_list("session_key", "session_data"):
            session = session_store(key)
            session._session_cache = session.decode(data)  # type: ignore[attr-defined]
            found[key] = session
    return found


def _users(ids: set[int]) -> dict[int, User]:
    people = User.objects.select_related("credentials_epoch")
    return {user.pk: user for some in _in_parts(ids) for user in people.filter(pk__in=list(some))}


def _in_parts(values: Iterable[object]) -> Iterable[list[object]]:
    everything = list(values)
    return (everything[at : at + _AT_ONCE] for at in range(0, len(everything), _AT_ONCE))


def _named_by(session: SessionBase) -> int | None:
    """`django.contrib.auth.get_user` for many sessions."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    try:
        return int(session[SESSION_KEY])
    except (KeyError, TypeError, ValueError):
        return None


def _has_hash_of(session: SessionBase, user: User) -> bool:
    """Whether the account still has the password it had when the session began."""
    kept = session.get(HASH_SESSION_KEY) or ""
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(kept, one) for one in hashes)


def ended_sessions(admissions: Sequence[Admission]) -> set[str]:
    """The keys of those sessions that have ended. One query."""
    keys = {one.session_key for one in admissions if one.session_key is not None}
    try:
        return keys - set(_sessions(keys))
    finally:
        close_old_connections()


def _refusal_of(
    board: Board | None, admission: Admission, access: Access | None
) -> RefusedError | None:
    """Why a socket must be closed; None when it may stay. `board` is None in the trash."""
    if access is not None and access.can_view and board is not None:
        is_disconnected = admission.access.access_version < board.disconnected_at_version
        return RefusedError(CloseCode.RESTARTING, DISCONNECTED) if is_disconnected else None
    if board is None:
        return RefusedError(CloseCode.BOARD_GONE, "This board is in the trash.")
    if admission.user_id is None:
        return RefusedError(CloseCode.NOT_AUTHENTICATED, "The public link is switched off.")
    if access is None and admission.token is not None:
        return RefusedError(CloseCode.NOT_AUTHENTICATED, "The token has ended.")
    if access is None:
        return RefusedError(CloseCode.NOT_AUTHENTICATED, "You are signed out.")
    return RefusedError(CloseCode.NO_PERMISSION, "Your access to this board has ended.")
