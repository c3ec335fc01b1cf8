"""Notices from requests that a proxy in front passes on something wrong, and says what to set.

With a wrong `Host` or without `X-Forwarded-Proto` pages still come, but browsers say another origin
than the server knows: forms are refused, and sockets do not open.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase

from audit.origin import request_of_scope
from sync.access.handshake import is_origin_allowed

logger = logging.getLogger(__name__)

REMEMBERED = 20
"""How many requests decide. Anyone can send one that is wrong; a wrong proxy spoils most."""
FORGET_SECONDS = 3600.0
_NAME_MAX_LENGTH = 100


class ProxyFindings:
    """What the newest requests say, by header."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: dict[str, deque[bool]] = {}
        self._sentences: dict[str, tuple[str, float]] = {}
        self._logged_at: dict[str, float] = {}

    def note(self, header: str, sentence: str) -> None:
        """Takes one request; an empty sentence says that the header was right."""
        now = time.monotonic()
        with self._lock:
            newest = self._newest.setdefault(header, deque(maxlen=REMEMBERED))
            newest.append(not sentence)
            if not sentence:
                return
            self._sentences[header] = (sentence, now)
            is_said = now - self._logged_at.get(header, -FORGET_SECONDS) < FORGET_SECONDS
            if is_said or not self._is_wrong(header):
                return
            self._logged_at[header] = now
        logger.warning("proxy: %s", sentence)

    def problems(self) -> list[str]:
        """What is wrong with most of the newest requests."""
        now = time.monotonic()
        with self._lock:
            return [
                sentence
                for header, (sentence, at) in self._sentences.items()
                if now - at < FORGET_SECONDS and self._is_wrong(header)
            ]

    def forget(self) -> None:
        """Begins again, for tests."""
        with self._lock:
            self._newest.clear()
            self._sentences.clear()
            self._logged_at.clear()

    def _is_wrong(self, header: str) -> bool:
        newest = self._newest[header]
        return newest.count(False) * 2 > len(newest)


findings = ProxyFindings()


class ProxyMiddleware:
    """Looks at every request that is not a probe."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Notes what it says, and passes it on."""
        note_request(request, is_origin_ours=_is_same_origin(request))
        return self._get_response(request)


def note_socket(scope: MutableMapping[str, Any]) -> None:
    """Notes what the handshake of a socket says."""
    note_request(request_of_scope(scope), is_origin_ours=is_origin_allowed(scope))


def note_request(request: HttpRequest, *, is_origin_ours: bool) -> None:
    """Notes what a request says about the proxy that passed it on."""
    is_proxied = "X-Forwarded-For" in request.headers
    if settings.CANVAS_HTTPS and settings.CANVAS_TRUSTED_PROXY_HOPS and is_proxied:
        findings.note("X-Forwarded-Proto", _proto_sentence(request))
    origin = request.headers.get("Origin", "")
    host = request.headers.get("Host", "")
    if is_origin_ours and origin:
        findings.note("Host", "")
    elif origin and _is_of_this_site(request, origin):
        findings.note("Host", _host_sentence(host, origin))
    elif not origin:
        findings.note("Host", _name_sentence(request, host))


def _proto_sentence(request: HttpRequest) -> str:
    if "X-Forwarded-Proto" in request.headers:
        return ""
    return (
        "Requests come without X-Forwarded-Proto, so forms are refused: let the proxy set it "
        "(nginx: `proxy_set_header X-Forwarded-Proto $scheme;`), or set CANVAS_HTTPS=false if "
        "people use no TLS."
    )


def _host_sentence(host: str, origin: str) -> str:
    there = urlsplit(origin)
    if there.netloc.lower() == host.lower():
        if there.scheme == "https" and not settings.CANVAS_HTTPS:
            return (
                f"People use {_shown(origin)}, but CANVAS_HTTPS is off, so their forms and sockets "
                "are refused: set CANVAS_HTTPS=true, and CANVAS_TRUSTED_PROXY_HOPS to the number "
                "of proxies."
            )
        return ""  # the missing X-Forwarded-Proto is said already
    return (
        f"The proxy says `Host: {_shown(host)}` for pages of {_shown(origin)}, so forms and "
        "sockets are refused: let it pass Host on with its port (nginx: `proxy_set_header Host "
        "$http_host;`), or set DJANGO_CSRF_TRUSTED_ORIGINS."
    )


def _name_sentence(request: HttpRequest, host: str) -> str:
    try:
        request.get_host()
    except DisallowedHost:
        return (
            f"Requests come with `Host: {_shown(host)}`, which is refused: let the proxy pass Host "
            "on unchanged (nginx: `proxy_set_header Host $http_host;`), or set "
            "DJANGO_ALLOWED_HOSTS to the names that people use."
        )
    return ""


def _is_same_origin(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    try:
        return origin in {
            f"{request.scheme}://{request.get_host()}",
            *settings.CSRF_TRUSTED_ORIGINS,
        }
    except DisallowedHost:
        return False


def _is_of_this_site(request: HttpRequest, origin: str) -> bool:
    """Whether a browser was on a page of this site; other sites send requests, too."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    domain, _ = split_domain_port(urlsplit(origin).netloc)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _shown(text: str) -> str:
    return "".join(one for one in text if one.isprintable() and one != "`")[:_NAME_MAX_LENGTH]
