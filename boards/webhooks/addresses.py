"""Which addresses webhooks may call. A name is looked up once, and what was checked is called: a
name that is another address a moment later reaches nothing inside.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from boards.models import WebhookProblem

URL_MAX_LENGTH = 2000
_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
"""What the internet uses of IPv6. Elsewhere are other ways to write IPv4 addresses, which a router
may translate, and what Python takes for a part of the internet because nobody uses it yet.
"""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(Exception):
    """The address may not be called, or can't be found."""

    def __init__(self, problem: WebhookProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class NoAddressError(ValueError):
    """A text is no address that a webhook can have."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts."""

    is_https: bool
    host: str
    """As a certificate names it; of IPv6 without brackets."""
    port: int
    path: str
    """With the query."""

    @property
    def authority(self) -> str:
        """The Host header, which is also what people see of the address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_usual = self.port == _PORTS["https" if self.is_https else "http"]
        return host if is_usual else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Takes an address apart. Raises `NoAddressError`."""
    if len(url) > URL_MAX_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise NoAddressError
    try:
        parts: SplitResult = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NoAddressError from None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or "%" in host or port == 0:
        raise NoAddressError
    query = f"?{parts.query}" if parts.query else ""
    path = f"{parts.path or '/'}{query}"
    return Target(parts.scheme == "https", host, port or _PORTS[parts.scheme], path)


def validate_url(url: str) -> None:
    """That an address may be called, as far as one can say without asking for its name.

    Raises:
        ValidationError: it may not, or is none.
    """
    try:
        target = target_of(url)
    except NoAddressError:
        raise ValidationError(
            gettext("Write the address with https:// and without a password in it.")
        ) from None
    if not target.is_https and not settings.CANVAS_WEBHOOK_NETWORKS:
        raise ValidationError(gettext("The address must begin with https://."))
    try:
        is_refused = not may_call(target.host)
    except ValueError:  # a name, which is looked up when something is sent
        is_refused = target.host == "localhost" and not settings.CANVAS_WEBHOOK_NETWORKS
    if is_refused:
        raise ValidationError(gettext("Webhooks may not call this network."))


def checked_addresses(target: Target) -> list[str]:
    """The IP addresses to call, looked up now, the best first. Raises `AddressRefusedError`.

    Every address that the name has must be allowed. Without TLS, only listed networks are.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefusedError(WebhookProblem.NAME) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(may_call(address) for address in addresses):
        raise AddressRefusedError(WebhookProblem.ADDRESS)
    if not target.is_https and not all(map(_is_listed, map(_plain, addresses))):
        raise AddressRefusedError(WebhookProblem.PLAIN)
    return addresses


def may_call(address: str) -> bool:
    """Whether an IP address is on the internet, or in CANVAS_WEBHOOK_NETWORKS."""
    plain = _plain(address)
    if _is_listed(plain):
        return True
    if isinstance(plain, ipaddress.IPv6Address) and not _is_plain_unicast(plain):
        return False
    return plain.is_global and not plain.is_multicast


def _is_plain_unicast(address: ipaddress.IPv6Address) -> bool:
    """Whether it leads to itself, and not through a tunnel to an IPv4 address."""
    return address in _UNICAST and not (address.sixtofour or address.teredo)


def _is_listed(address: Address) -> bool:
    return any(address in network for network in settings.CANVAS_WEBHOOK_NETWORKS)


def _plain(address: str) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it stands for one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        if found in _NAT64:
            return ipaddress.IPv4Address(found.packed[-4:])
    return found
