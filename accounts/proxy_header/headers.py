"""What a trusted proxy says of a person. Headers from anywhere else are ignored.

Only the immediate peer of the connection counts: addresses in headers could be forged.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import logging
from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest

from audit.origin import network_of

logger = logging.getLogger(__name__)

LOGGED_AT_MOST = 100
_logged: set[str] = set()


@dataclass(frozen=True, slots=True)
class ProxyPerson:
    """Somebody as the proxy names them; nothing is checked yet."""

    name: str
    email: str = ""
    full_name: str = ""
    groups: tuple[str, ...] | None = None
    """None if no header is set up for groups. Without the header somebody has none."""
    is_repeated: bool = False
    """A header came more than once: the proxy adds to what clients send."""

    @property
    def digest(self) -> str:
        """Changes with anything that the proxy says."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def is_proxy_header_configured() -> bool:
    """Whether a proxy may say who somebody is."""
    return bool(settings.CANVAS_PROXY_USER_HEADER)


def person_named(request: HttpRequest) -> ProxyPerson | None:
    """Whom the proxy names; None if it names nobody, or if something else sent the request."""
    if not is_proxy_header_configured():
        return None
    name = _text_of(request, settings.CANVAS_PROXY_USER_HEADER)
    if not name:
        return None
    peer = request.META.get("REMOTE_ADDR", "")
    if not _is_listed(peer):
        _log_once(peer)
        return None
    return ProxyPerson(
        name,
        _text_of(request, settings.CANVAS_PROXY_EMAIL_HEADER),
        _text_of(request, settings.CANVAS_PROXY_NAME_HEADER),
        _groups_of(request),
        _is_any_repeated(request),
    )


def name_of(request: HttpRequest) -> str | None:
    """Only the name."""
    person = person_named(request)
    return person.name if person is not None else None


def _is_listed(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in settings.CANVAS_PROXY_ADDRESSES)


def _text_of(request: HttpRequest, header: str) -> str:
    """Django reads headers as Latin-1; proxies write UTF-8."""
    value = request.headers.get(header, "").strip() if header else ""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _groups_of(request: HttpRequest) -> tuple[str, ...] | None:
    if not settings.CANVAS_PROXY_GROUPS_HEADER:
        return None
    text = _text_of(request, settings.CANVAS_PROXY_GROUPS_HEADER)
    parts = text.split(settings.CANVAS_PROXY_GROUPS_SEPARATOR)
    return tuple(part.strip() for part in parts if part.strip())


def _is_any_repeated(request: HttpRequest) -> bool:
    names = [name.lower() for name, _ in getattr(request, "scope", {}).get("headers", ())]
    ours = (
        settings.CANVAS_PROXY_USER_HEADER,
        settings.CANVAS_PROXY_EMAIL_HEADER,
        settings.CANVAS_PROXY_NAME_HEADER,
        settings.CANVAS_PROXY_GROUPS_HEADER,
    )
    return any(names.count(header.lower().encode()) > 1 for header in ours if header)


def _log_once(peer: str) -> None:
    """Once for each network, so that nobody fills the log."""
    network = network_of(peer)
    if network in _logged or len(_logged) >= LOGGED_AT_MOST:
        return
    _logged.add(network)
    logger.warning(
        "proxy header: %s from %s is ignored; it is not in CANVAS_PROXY_ADDRESSES",
        settings.CANVAS_PROXY_USER_HEADER,
        network or "an unknown address",
    )
