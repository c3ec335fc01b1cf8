"""A client cannot invent its address, and a user agent cannot forge log lines."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from audit.origin import (
    RequestOrigin,
    forget_request,
    network_of,
    origin_of_request,
    request_of_scope,
)


def origin_of_scope(scope: dict[str, Any]) -> RequestOrigin:
    """The origin of a socket."""
    return origin_of_request(request_of_scope(scope))


def addresses(peer: str, forwarded_for: str) -> set[str | None]:
    """The address by both ways to learn it, which must agree."""
    headers: dict[str, Any] = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    scope = {
        "client": (peer, 40000) if peer else None,
        "headers": [(b"x-forwarded-for", forwarded_for.encode())] if forwarded_for else [],
    }
    return {origin_of_request(request).ip_address, origin_of_scope(scope).ip_address}


def test_a_forwarded_address_is_not_believed_without_a_trusted_proxy() -> None:
    assert addresses("203.0.113.7", "198.51.100.1") == {"203.0.113.7"}


@pytest.mark.parametrize(
    ("hops", "forwarded_for", "expected"),
    [
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (2, "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.7:5123", "203.0.113.7"),
        (1, '"203.0.113.7:5123"', "203.0.113.7"),
        (1, ' "203.0.113.7" ', "203.0.113.7"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, '"[2001:db8::1]:443"', "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "[::ffff:203.0.113.7]:5123", "203.0.113.7"),
        (2, "203.0.113.7:1, 10.0.0.2:99", "203.0.113.7"),
        (1, "203.0.113.7:", "10.0.0.1"),
        (1, "203.0.113.7:port", "10.0.0.1"),
    ],
)
def test_the_address_our_outermost_proxy_saw_counts(
    settings: Settings, hops: int, forwarded_for: str, expected: str
) -> None:
    settings.CANVAS_TRUSTED_PROXY_HOPS = hops
    assert addresses("10.0.0.1", forwarded_for) == {expected}


def test_limits_count_the_network_of_an_ipv6_address_as_one() -> None:
    same = {network_of(f"2001:db8:1:2:{part}::9") for part in ("a", "b", "ffff")}
    assert same == {"2001:db8:1:2::/64"}
    assert network_of("2001:db8:1:3::9") not in same
    assert network_of("203.0.113.7") == "203.0.113.7"
    counted = {
        origin_of_scope({"client": (f"2001:db8::{host}", 1), "headers": []}).counted_as
        for host in (1, 2)
    }
    assert len(counted) == 1


@pytest.mark.parametrize(
    ("mode", "peer", "expected"),
    [
        ("full", "203.0.113.7", "203.0.113.7"),
        ("truncated", "203.0.113.7", "203.0.113.0"),
        ("truncated", "2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("none", "203.0.113.7", None),
        ("full", "", None),
    ],
)
def test_the_log_keeps_as_much_of_an_address_as_it_may(
    settings: Settings, mode: str, peer: str, expected: str | None
) -> None:
    settings.CANVAS_AUDIT_IP_MODE = mode
    assert addresses(peer, "") == {expected}


def test_a_user_agent_is_cleaned_and_cut() -> None:
    scope = {"client": None, "headers": [(b"user-agent", b"A\r\nB\x00\x1b[31m" + b"x" * 500)]}
    user_agent = origin_of_scope(scope).user_agent
    assert user_agent.startswith("AB[31mx")
    assert len(user_agent) == 256


def test_a_handshake_is_read_once() -> None:
    scope: dict[str, Any] = {"client": ("203.0.113.7", 4000), "query_string": b"a=1", "headers": []}
    request = request_of_scope(scope)
    assert request_of_scope(scope) is request
    assert request_of_scope({**scope, "path": "/routed"}) is request


def test_an_open_socket_keeps_no_request() -> None:
    scope: dict[str, Any] = {"client": ("203.0.113.7", 4000), "headers": []}
    request = weakref.ref(request_of_scope(scope))
    copy = {**scope}
    forget_request(copy)
    assert request() is None
    assert request_of_scope(scope).META["REMOTE_ADDR"] == "203.0.113.7"


def test_a_long_query_is_cut_before_it_is_parsed() -> None:
    query = b"a=" + b"x" * 100_000 + b"&token=late"
    request = request_of_scope({"query_string": query, "headers": []})
    assert len(request.GET["a"]) < 8192
    assert "token" not in request.GET


@pytest.mark.parametrize("is_https", [False, True])
def test_where_tls_ends_at_a_proxy_sockets_are_https_too(
    settings: Settings, is_https: bool
) -> None:
    settings.CANVAS_HTTPS = is_https
    request = request_of_scope({"scheme": "ws", "headers": []})
    assert request.scheme == ("https" if is_https else "http")
