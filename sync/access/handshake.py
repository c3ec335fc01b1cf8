"""The handshake of a socket, read without the database: origin, credentials and options.

It is read as a Django request, so that a socket lets in the same people as the page.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import CsrfViewMiddleware

from accounts.proxy_header.headers import name_of
from audit.origin import RequestOrigin, origin_of_request, request_of_scope
from boards.access.resolve import Entry
from boards.identity.guests import guest_secret_of

ENTRY = "websocket"
"""What the audit log calls this way in."""
Scope = MutableMapping[str, Any]


class _OriginCheck(CsrfViewMiddleware):
    """Which origins are ours, by the rules of Django's CSRF protection."""

    def __init__(self) -> None:
        super().__init__(lambda request: None)  # type: ignore[arg-type]

    def is_ours(self, request: HttpRequest) -> bool:
        """Whether the request's Origin header names this site or a trusted one."""
        return bool(self._origin_verified(request))  # type: ignore[attr-defined]


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
    guest_secret: str | None = None
    proxy_name: str | None = None
    """Whom a trusted proxy names in its header."""


def is_origin_allowed(scope: Scope) -> bool:
    """Whether the page that opened the socket, if any, is ours: scheme, host and port.

    A browser always sends an Origin, and attaches cookies to sockets opened by any site; so a
    foreign origin is refused whatever the credentials. Without an Origin the client is no browser.
    """
    request = request_of_scope(scope)
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return _OriginCheck().is_ours(request)


def read_request(scope: Scope, board_id: UUID) -> Request:
    """Parses the handshake. Cookies count only together with an Origin."""
    request = request_of_scope(scope)
    query = _query_of(request)
    has_origin = "Origin" in request.headers
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return Request(
        board_id=board_id,
        token=query.get("token"),
        session_key=cookie if has_origin else None,
        entry=Entry.PUBLIC if query.getlist("public") == ["1"] else Entry.BOARD,
        wants_edit=query.getlist("edit") == ["true"],
        wants_saved=query.getlist("saved") == ["1"],
        origin=origin_of_request(request),
        guest_secret=guest_secret_of(request) if has_origin else None,
        proxy_name=name_of(request),
    )


def _query_of(request: HttpRequest) -> QueryDict:
    try:
        return request.GET
    except SuspiciousOperation:  # more fields than any page sends
        return QueryDict()
