"""Asks for the password again before something that outlives the session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.sign_in.common import View
from accounts.sign_in.records import sign_in_of


def confirmed_lately(view: View) -> View:
    """Only for people who typed their password or a code within the last minutes. Who signs in
    another way can't be asked here, and goes on.
    """
    guarded: Any = reauthentication_required(enabled=_can_be_asked)
    return cast("View", guarded(view))


def has_confirmed_lately(request: HttpRequest) -> bool:
    """The same for programs, which can't be sent to the page that asks. A sign-in within the last
    minutes counts too."""
    try:
        confirmed_lately(_nothing)(request)
    except ReauthenticationRequired:
        row = sign_in_of(request)
        return row is not None and is_recent(row.started_at)
    return True


def is_recent(at: datetime) -> bool:
    """Whether what a person proved at this time still counts."""
    return at > timezone.now() - timedelta(seconds=app_settings.REAUTHENTICATION_TIMEOUT)


def _nothing(_: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _can_be_asked(request: HttpRequest) -> bool:
    return bool(get_adapter().get_reauthentication_methods(request.user))
