"""The page about how someone signs in: password, email, second factor, passkeys, sessions."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.mail import is_mail_configured, whom_to_ask
from accounts.models import SignIn
from accounts.sign_in.browsers import browser_of
from accounts.sign_in.common import person_of
from accounts.sign_in.endings import end_sign_ins, sign_out_everywhere
from accounts.sign_in.policy import may_use_password
from audit.actions import AuditVia
from audit.actor import actor_of_request

SHOWN_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session as its owner sees it."""

    row: SignIn
    browser: str
    is_current: bool


@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Everything about how this person signs in."""
    user = person_of(request)
    factors = Authenticator.objects.filter(user=user)
    context = {
        "email": EmailAddress.objects.get_primary_email(user),
        "has_app": factors.filter(type=Authenticator.Type.TOTP).exists(),
        "passkeys": factors.filter(type=Authenticator.Type.WEBAUTHN).order_by("created_at"),
        "codes_left": _codes_left(factors),
        "sessions": sessions_of(request),
        "has_password": user.has_usable_password() and may_use_password(user),
        "has_mail": is_mail_configured(),
        "whom_to_ask": whom_to_ask(),
    }
    return render(request, "account/security.html", context)


@require_POST
def session_end(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """Ends one of the person's other sessions."""
    user = person_of(request)
    by = actor_of_request(request, AuditVia.SESSION)
    chosen = SignIn.objects.filter(pk=sign_in_id).exclude(session_key=request.session.session_key)
    if end_sign_ins(user, chosen, by=by):
        messages.success(request, gettext("That session has ended."))
    return redirect("account-security")


@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Ends all sessions but this one, and all access tokens."""
    user = person_of(request)
    by = actor_of_request(request, AuditVia.SESSION)
    count = sign_out_everywhere(user, by=by, keep=request.session.session_key)
    text = ngettext(
        "Signed out everywhere else: %(n)d session has ended.",
        "Signed out everywhere else: %(n)d sessions have ended.",
        count,
    )
    messages.success(request, text % {"n": count})
    return redirect("account-security")


def sessions_of(request: HttpRequest) -> list[ShownSession]:
    """The person's sessions that have not ended, this one first, then the last used ones."""
    rows = SignIn.objects.filter(user=person_of(request)).order_by("-seen_at")[:SHOWN_AT_MOST]
    keys = [row.session_key for row in rows]
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    alive_keys = set(alive.values_list("session_key", flat=True))
    current = request.session.session_key
    shown = [
        ShownSession(row, browser_of(row.user_agent), row.session_key == current)
        for row in rows
        if row.session_key in alive_keys
    ]
    return sorted(shown, key=lambda one: not one.is_current)


def _codes_left(factors: object) -> int | None:
    codes = Authenticator.objects.filter(
        pk__in=factors.values("pk"),  # type: ignore[attr-defined]
        type=Authenticator.Type.RECOVERY_CODES,
    ).first()
    return len(codes.wrap().get_unused_codes()) if codes is not None else None
