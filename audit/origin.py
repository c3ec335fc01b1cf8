"""Where a request came from, as far as it can be trusted: client address and user agent."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

USER_AGENT_MAX_LENGTH = 256
TRUNCATED_PREFIX_BITS = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class RequestOrigin:
    """Client address (already reduced to what the audit log may keep) and cleaned user agent."""

    ip_address: str | None
    user_agent: str
    counted_as: str = ""
    """Tells addresses apart for limits, also where the log keeps none; says nothing of them."""


SYSTEM_ORIGIN = RequestOrigin(ip_address=None, user_agent="")
"""The origin of what no person asked for: commands, periodic work, migrations."""


def origin_of_request(request: HttpRequest) -> RequestOrigin:
    """The origin of an HTTP request."""
    return _origin(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.headers.get("X-Forwarded-For", ""),
        user_agent=request.headers.get("User-Agent", ""),
    )


def origin_of_scope(scope: Mapping[str, Any]) -> RequestOrigin:
    """The origin of an ASGI connection scope (``http`` or ``websocket``)."""
    client = scope.get("client")
    return _origin(
        peer=str(client[0]) if client else "",
        forwarded_for=",".join(_scope_headers(scope, b"x-forwarded-for")),
        user_agent=",".join(_scope_headers(scope, b"user-agent")),
    )


def _scope_headers(scope: Mapping[str, Any], name: bytes) -> list[str]:
    headers = scope.get("headers") or []
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def _origin(*, peer: str, forwarded_for: str, user_agent: str) -> RequestOrigin:
    address = _client_address(
        peer=peer, forwarded_for=forwarded_for, hops=settings.CANVAS_TRUSTED_PROXY_HOPS
    )
    return RequestOrigin(
        ip_address=_reduced(address, mode=settings.CANVAS_AUDIT_IP_MODE),
        user_agent=_clean(user_agent)[:USER_AGENT_MAX_LENGTH],
        counted_as=salted_hmac("audit.origin", address).hexdigest()[:32] if address else "",
    )


def client_address_of(request: HttpRequest) -> str:
    """The full client address, for rate limits; never stored. Empty when it is unknown."""
    return (
        _client_address(
            peer=request.META.get("REMOTE_ADDR", ""),
            forwarded_for=request.headers.get("X-Forwarded-For", ""),
            hops=settings.CANVAS_TRUSTED_PROXY_HOPS,
        )
        or ""
    )


def client_address_of_scope(scope: Mapping[str, Any]) -> str:
    """The same of an ASGI connection scope."""
    client = scope.get("client")
    return (
        _client_address(
            peer=str(client[0]) if client else "",
            forwarded_for=",".join(_scope_headers(scope, b"x-forwarded-for")),
            hops=settings.CANVAS_TRUSTED_PROXY_HOPS,
        )
        or ""
    )


def _client_address(*, peer: str, forwarded_for: str, hops: int) -> str | None:
    """The n-th from the right is what our outermost proxy saw; all left of it can be invented."""
    if hops > 0:
        chain = [part for part in forwarded_for.split(",") if part.strip()]
        if len(chain) >= hops:
            claimed = _parsed(chain[-hops])
            if claimed is not None:
                return claimed
    return _parsed(peer)


def _parsed(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        if address.scope_id is not None:  # a zone means nothing away from the machine it names
            return str(ipaddress.IPv6Address(int(address)))
    return str(address)


def _reduced(address: str | None, *, mode: str) -> str | None:
    if address is None or mode == "none":
        return None
    if mode == "truncated":
        bits = TRUNCATED_PREFIX_BITS[ipaddress.ip_address(address).version]
        network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
        return str(network.network_address)
    return address


def _clean(text: str) -> str:
    """Without control characters, which could forge lines in an export or a terminal."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")
