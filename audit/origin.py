"""Where a request came from, as far as it can be trusted: client address and user agent."""

from __future__ import annotations

import ipaddress
import os
import pwd
import re
import unicodedata
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

USER_AGENT_MAX_LENGTH = 256
MAX_QUERY_BYTES = 8192
_REQUEST = "canvas.request"
TRUNCATED_PREFIX_BITS = {4: 24, 6: 48}
COUNTED_PREFIX_BITS = 64

_BRACKETED = re.compile(r"\[(?P<address>[^\[\]]*)\](?::[0-9]{1,5})?")
_DOTTED = re.compile(r"(?P<address>[0-9]+(?:\.[0-9]+){3}):[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class RequestOrigin:
    """Client address (already reduced to what the audit log may keep) and cleaned user agent."""

    ip_address: str | None
    user_agent: str
    counted_as: str = ""
    """Tells addresses apart for limits, even if the log keeps none; reveals nothing about them."""
    command: str = ""
    """The acting management command, if there is one."""
    os_user: str = ""
    """The operating system account that runs it."""


SYSTEM_ORIGIN = RequestOrigin(ip_address=None, user_agent="")
"""The origin of work that no person requested: periodic jobs, migrations."""


def origin_of_command(name: str) -> RequestOrigin:
    """The origin of a management command: rows name it and its operating system user as their
    actor.
    """
    return RequestOrigin(ip_address=None, user_agent="", command=name, os_user=_os_user())


def request_of_scope(scope: MutableMapping[str, Any]) -> HttpRequest:
    """The handshake of a socket as the HTTP request that it is.

    Cookies, host, origin, scheme and addresses of sockets are read by the same code as for pages,
    so that no two parsers can disagree about who someone is. Of the query, the first 8 kB count.
    It is made once: the scope and its copies keep it until `forget_request`.
    """
    kept: list[HttpRequest] | None = scope.get(_REQUEST)
    if kept:
        return kept[0]
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"), scope.get("scheme"))
    if settings.CANVAS_HTTPS:  # TLS ends at a proxy, even if none of its headers are trusted
        scheme = "https"
    query = scope.get("query_string", b"")[:MAX_QUERY_BYTES]
    # A handshake has no body, and Django would decode the query as its charset says.
    headers = [one for one in scope.get("headers", ()) if one[0].lower() != b"content-type"]
    request = ASGIRequest(
        {
            **scope,
            "headers": headers,
            "type": "http",
            "method": "GET",
            "scheme": scheme,
            "path": scope.get("path", "/"),
            "query_string": query.decode("latin-1") if isinstance(query, bytes) else query,
        },
        BytesIO(),
    )
    scope[_REQUEST] = [request]
    return request


def forget_request(scope: Mapping[str, Any]) -> None:
    """Frees what `request_of_scope` keeps, some kilobytes, once a socket is open."""
    scope.get(_REQUEST, []).clear()


def origin_of_request(request: HttpRequest) -> RequestOrigin:
    """The origin of an HTTP request."""
    address = _client_address(request)
    return RequestOrigin(
        ip_address=_reduced(address, mode=settings.CANVAS_AUDIT_IP_MODE),
        user_agent=_clean(request.headers.get("User-Agent", ""))[:USER_AGENT_MAX_LENGTH],
        counted_as=_counted_as(address),
    )


def client_address_of(request: HttpRequest) -> str:
    """The full client address; never stored. Empty when it is unknown."""
    return _client_address(request) or ""


def client_address_of_scope(scope: MutableMapping[str, Any]) -> str:
    """The same for an ASGI connection scope."""
    return client_address_of(request_of_scope(scope))


def client_network_of(request: HttpRequest) -> str:
    """The network that limits count as one address: an IPv4 address, or the /64 of an IPv6 one.

    Someone with one IPv6 address usually has all 2^64 of its network.
    """
    return network_of(client_address_of(request))


def network_of(address: str) -> str:
    """The network of an address in text; the text itself if it is not an address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, COUNTED_PREFIX_BITS), strict=False))


def _os_user() -> str:
    """From the process, not from the environment, which can be set to anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in a container, for example
        return str(os.getuid())


def _counted_as(address: str | None) -> str:
    return salted_hmac("audit.origin", network_of(address)).hexdigest()[:32] if address else ""


def _client_address(request: HttpRequest) -> str | None:
    """The n-th from the right is what our outermost proxy saw; everything left of it can be
    forged.
    """
    hops = settings.CANVAS_TRUSTED_PROXY_HOPS
    if hops > 0:
        forwarded_for = request.headers.get("X-Forwarded-For", "")
        chain = [part for part in forwarded_for.split(",") if part.strip()]
        if len(chain) >= hops:
            claimed = _parsed(chain[-hops])
            if claimed is not None:
                return claimed
    return _parsed(request.META.get("REMOTE_ADDR", ""))


def _parsed(text: str) -> str | None:
    """Parses an address written by a proxy: some quote it, and some add the client's port."""
    try:
        address = ipaddress.ip_address(_without_port(text.strip().strip('"').strip()))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        if address.scope_id is not None:  # a zone only means something on its own machine
            return str(ipaddress.IPv6Address(int(address)))
    return str(address)


def _without_port(text: str) -> str:
    match = _BRACKETED.fullmatch(text) or _DOTTED.fullmatch(text)
    return match["address"] if match else text


def _reduced(address: str | None, *, mode: str) -> str | None:
    if address is None or mode == "none":
        return None
    if mode == "truncated":
        bits = TRUNCATED_PREFIX_BITS[ipaddress.ip_address(address).version]
        network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
        return str(network.network_address)
    return address


def _clean(text: str) -> str:
    """Removes control characters, which could forge lines in an export or a terminal."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")
