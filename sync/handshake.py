"""The handshake of a socket, read without the database: its origin, credentials and wishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.http.request import validate_host

from audit.origin import RequestOrigin, origin_of_scope
from boards.access import Entry

Scope = Mapping[str, Any]
MAX_QUERY_BYTES = 8192


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
