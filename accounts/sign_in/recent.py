"""Asks for the password again before something that outlives the session."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest

from accounts.sign_in.common import View


def confirmed_lately(view: View) -> View:
    """Only for people who typed their password or a code within the last minutes. Who signs in
    another way can't be asked here, and goes on.
    """
    guarded: Any = reauthentication_required(enabled=_can_be_asked)
    return cast("View", guarded(view))


def _can_be_asked(request: HttpRequest) -> bool:
    return bool(get_adapter().get_reauthentication_methods(request.user))
