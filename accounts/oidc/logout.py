"""Single logout: ours ends the provider's session, and the provider ends ours.

OpenID Connect RP-Initiated Logout 1.0 and Back-Channel Logout 1.0.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.limits.throttle import Limit, count_event
from accounts.models import SignIn
from accounts.oidc.provider import (
    ProviderDownError,
    ProviderTokenError,
    directory,
    verified_claims,
)
from accounts.sealing import SealError, seal, unseal
from accounts.sign_in.endings import end_sign_ins, sign_out_everywhere
from accounts.sign_in.policy import is_provider_configured
from accounts.sign_in.provider_logouts import provider_logout
from accounts.sign_in.records import ID_TOKEN_KEY
from audit.actions import AuditVia
from audit.actor import Actor
from audit.origin import origin_of_request

_PURPOSE = "id token"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_AGE_SECONDS = 300


def remember_id_token(request: HttpRequest, id_token: str) -> None:
    """Keeps it for the logout, unreadable in the database."""
    request.session[ID_TOKEN_KEY] = seal(id_token, _PURPOSE)


@provider_logout
def oidc_logout_url(request: HttpRequest) -> str | None:
    """See `accounts.sign_in.provider_logouts`."""
    sealed = request.session.get(ID_TOKEN_KEY)
    if sealed is None or not is_provider_configured():
        return None
    try:
        address = directory.addresses().get("end_session_endpoint")
        hint = unseal(sealed, _PURPOSE)
    except (ProviderDownError, SealError):
        return None
    if not address:
        return None
    back = request.build_absolute_uri(reverse("login"))
    query = {
        "id_token_hint": hint,
        "client_id": settings.CANVAS_OIDC_CLIENT_ID,
        "post_logout_redirect_uri": back,
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def back_channel_logout(request: HttpRequest, token: str) -> int:
    """Ends the sessions that a logout token names; returns how many.

    Raises `ProviderTokenError` and `ProviderDownError`.
    """
    claims = _logout_claims(token)  # may ask the provider, so not in the transaction
    issuer = settings.CANVAS_OIDC_ISSUER
    session, subject = claims.get("sid"), claims.get("sub")
    by = Actor(None, origin_of_request(request), AuditVia.OIDC)
    with transaction.atomic():
        _use_up(claims)
        if session is None:  # the person as a whole
            identity = SocialAccount.objects.filter(provider=issuer, uid=subject).first()
            return sign_out_everywhere(identity.user, by=by) if identity is not None else 0
        found = SignIn.objects.filter(issuer=issuer, provider_session=session)
        if subject is not None:
            found = found.filter(subject=subject)
        people = list(User.objects.filter(pk__in=found.values("user_id")))
        return sum(end_sign_ins(user, found, by=by) for user in people)


def _logout_claims(token: str) -> dict[str, Any]:
    """Back-Channel Logout 1.0, 2.6."""
    claims = verified_claims(token, required=("jti", "events"))
    named = [claims[key] for key in ("sid", "sub") if claims.get(key) is not None]
    if not named or not all(isinstance(one, str) and one.isprintable() for one in named):
        raise ProviderTokenError("nobody")
    events = claims["events"]
    if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
        raise ProviderTokenError("not a logout token")
    if time.time() - int(claims["iat"]) > TOKEN_AGE_SECONDS:
        raise ProviderTokenError("too old")
    return claims


def _use_up(claims: dict[str, Any]) -> None:
    """In the transaction of what it ends: if that fails, the provider may send the token again."""
    parts = (settings.CANVAS_OIDC_ISSUER, str(claims["jti"]))
    if count_event(Limit("oidc_logout", parts, 1, 2 * TOKEN_AGE_SECONDS)) is not None:
        raise ProviderTokenError("used")
