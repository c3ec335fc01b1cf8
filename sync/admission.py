"""Decides who a socket is and what it may do, before a byte of the board is sent.

Credentials are `?token=<jwt>`, or the session cookie together with an allowed Origin. A bad token
is a refusal, never a fall-back to the cookie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.http.request import validate_host

from audit.actions import AuditAction, AuditOutcome
from audit.origin import RequestOrigin, origin_of_scope
from audit.services import audit_record
from boards.access import Access, Entry, resolve_access
from boards.models import Board
from boards.tokens import TokenError, user_of_access_token
from sync.close_codes import CloseCode

Scope = Mapping[str, Any]
MAX_QUERY_BYTES = 8192


class Refused(Exception):  # noqa: N818  an answer, not a fault
    """The socket gets a close code instead of the board; `reason` is shown to the person."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Request:
    """What the handshake asked for, read without the database."""

    board_id: UUID
    token: str | None
    session_key: str | None
    entry: Entry
    wants_edit: bool
    wants_saved: bool
    origin: RequestOrigin


@dataclass(frozen=True, slots=True)
class Admission:
    """Who was let in, and what the board's permissions give them."""

    request: Request
    user_id: int | None
    name: str
    access: Access
    expires_at: datetime | None
    """When the token that let them in ends; None for a session or a guest."""


def is_origin_allowed(scope: Scope) -> bool:
    """Whether the page that opened the socket, if any, is ours: scheme, host and port.

    A browser always sends an Origin and attaches cookies to any site's sockets; so a foreign one is
    refused whatever the credentials. Without an Origin there is no browser and no foreign page.
    """
    origins = _headers(scope, b"origin")
    if not origins:
        return True
    if len(origins) > 1:
        return False
    return origins[0] in settings.CSRF_TRUSTED_ORIGINS or origins[0] == _own_origin(scope)


def _own_origin(scope: Scope) -> str | None:
    hosts = _headers(scope, b"host")
    if len(hosts) != 1 or not validate_host(_host_name(hosts[0]), settings.ALLOWED_HOSTS):
        return None
    scheme = "https" if settings.CANVAS_HTTPS or scope.get("scheme") == "wss" else "http"
    return f"{scheme}://{hosts[0]}"


def _host_name(host: str) -> str:
    name = urlsplit(f"//{host}").hostname or ""
    return f"[{name}]" if ":" in name else name


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def read_request(scope: Scope, board_id: UUID) -> Request:
    """The handshake's wishes. The session cookie counts only beside an Origin."""
    raw = scope.get("query_string", b"")
    query = parse_qs(raw[:MAX_QUERY_BYTES].decode("latin-1"), keep_blank_values=True)
    has_origin = bool(_headers(scope, b"origin"))
    return Request(
        board_id=board_id,
        token=query["token"][0] if "token" in query else None,
        session_key=_session_key(scope) if has_origin else None,
        entry=Entry.PUBLIC if query.get("public") == ["1"] else Entry.BOARD,
        wants_edit=query.get("edit") == ["true"],
        wants_saved=query.get("saved") == ["1"],
        origin=origin_of_scope(scope),
    )


def _session_key(scope: Scope) -> str | None:
    cookies: SimpleCookie = SimpleCookie()
    try:
        for header in _headers(scope, b"cookie"):
            cookies.load(header)
    except CookieError:
        return None
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else None


def admit(request: Request) -> Admission:
    """Resolves the credentials and the access, and writes the audit row; blocks on the database.

    Raises:
        Refused: with the close code that says what to do about it.
    """
    user, expires_at = authenticate(request)
    board = Board.objects.filter(pk=request.board_id).first()
    if board is None:
        raise _no_access(user)
    access = resolve_access(board, user=user, entry=request.entry, wants_edit=request.wants_edit)
    via = "token" if request.token is not None else "session" if user else "public"
    with transaction.atomic():
        audit_record(
            action=AuditAction.ROOM_ACCESS if access.can_view else AuditAction.ROOM_ACCESS_DENIED,
            outcome=AuditOutcome.SUCCESS if access.can_view else AuditOutcome.DENIED,
            actor=user,
            board_id=board.pk,
            board_title=board.title,
            level=access.audit_level,
            via=via,
            data={"entry": "websocket"},
            origin=request.origin,
        )
    if not access.can_view:
        if board.is_trashed and access.can_manage:
            raise Refused(CloseCode.BOARD_GONE, "This board is in the trash.")
        raise _no_access(user)
    return Admission(
        request=request,
        user_id=user.pk if user else None,
        name=(user.get_full_name() or user.get_username()) if user else "Guest",
        access=access,
        expires_at=expires_at,
    )


def authenticate(request: Request) -> tuple[User | None, datetime | None]:
    """The active user behind the credentials, if any, and when a token of theirs ends.

    Raises:
        Refused: a token was given and is not valid.
    """
    if request.token is not None:
        try:
            return user_of_access_token(request.token)
        except TokenError:
            raise Refused(CloseCode.NOT_AUTHENTICATED, "The token is not valid.") from None
    if request.session_key is None:
        return None, None
    http = HttpRequest()
    http.session = import_module(settings.SESSION_ENGINE).SessionStore(request.session_key)
    user = get_user(http)
    return (user if isinstance(user, User) and user.is_active else None), None


def _no_access(user: User | None) -> Refused:
    # The same for a private and a missing board, so that ids cannot be probed.
    if user is None:
        return Refused(CloseCode.NOT_AUTHENTICATED, "Sign in to open this board.")
    return Refused(CloseCode.NO_PERMISSION, "You have no access to this board.")


def resolve_again(admission: Admission) -> Access | None:
    """What the person behind a live socket may do now; None when they are no longer anybody.

    A session counts as long as it is valid. A token named its user when the socket was opened, so
    only the user is looked at again.
    """
    board = Board.objects.filter(pk=admission.request.board_id).first()
    if board is None:
        return None
    user: User | None = None
    if admission.user_id is not None:
        user = User.objects.filter(pk=admission.user_id, is_active=True).first()
        if user is None:
            return None
    request = admission.request
    return resolve_access(board, user=user, entry=request.entry, wants_edit=request.wants_edit)
