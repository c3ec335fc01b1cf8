"""Lets the session follow the header of a trusted proxy.

Another name ends a session, and so does the header's absence if the header began it. Sessions
begin with pages: programs that send no cookies would begin one with each request.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import login, logout
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_login_failed
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts.first_start.services import is_first_start
from accounts.identities.said import IdentityRefusedError
from accounts.limits.throttle import Limit, count_event
from accounts.proxy_header.headers import ProxyPerson, is_proxy_header_configured, person_named
from accounts.proxy_header.people import account_named
from accounts.sign_in.passwords import WINDOW_SECONDS
from accounts.sign_in.records import PROXY_KEY
from audit.actions import AuditVia
from audit.actor import actor_of_request
from audit.receivers import mark_sign_in

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class ProxyHeaderMiddleware:
    """Signs in and out as the header says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The header is read before anything else asks who somebody is."""
        if is_proxy_header_configured():
            try:
                _follow(request)
            except IdentityRefusedError as error:
                context = {"text": str(error), "is_by_proxy": True}
                return render(request, "account/provider_refused.html", context, status=403)
        return self._get_response(request)


def may_go_on(session: SessionBase, user: User | AnonymousUser, name: str | None) -> bool:
    """Whether a session of `user` may be used by a request whose header says `name`."""
    if not is_proxy_header_configured():
        return True
    noted = session.get(PROXY_KEY)
    if noted is not None:
        return bool(noted["name"] == name)
    return name is None or not user.is_authenticated or user.get_username() == name


def _follow(request: HttpRequest) -> None:
    """Raises `IdentityRefusedError` if a page can't be shown to the person of the header."""
    person = person_named(request)
    if not may_go_on(request.session, request.user, person.name if person is not None else None):
        logout(request)
    if person is None:
        return
    noted = request.session.get(PROXY_KEY)
    is_changed = noted is not None and noted["digest"] != person.digest
    is_new = not request.user.is_authenticated and _is_page(request) and not is_first_start()
    if is_changed or is_new:
        _bring_in(request, person)


def _bring_in(request: HttpRequest, person: ProxyPerson) -> None:
    try:
        user = account_named(person, by=actor_of_request(request, AuditVia.PROXY))
    except IdentityRefusedError:
        logout(request)
        if count_event(Limit("proxy_refused", (person.name,), 1, WINDOW_SECONDS)) is None:
            credentials = {"username": person.name}
            user_login_failed.send(sender=ProxyPerson, credentials=credentials, request=request)
        if _is_page(request):
            raise
        return
    if not request.user.is_authenticated:
        mark_sign_in(request, AuditVia.PROXY)
        login(request, user, backend=_BACKEND)
    request.session[PROXY_KEY] = {"name": person.name, "digest": person.digest}


def _is_page(request: HttpRequest) -> bool:
    """Whether a browser goes to a page."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")
