"""Keeps a row of each session of a person: where and how they signed in, and when it was used."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.identities.said import Voucher
from accounts.models import SignIn
from audit.actions import AuditVia
from audit.origin import origin_of_request
from audit.receivers import VIA_ATTRIBUTE

BEGAN_KEY = "signed_in_at"
"""Key of the session's data: when the person signed in, in seconds."""
RECORD_KEY = "sign_in"
"""Key of the session's data: the row that it has."""
ID_TOKEN_KEY = "oidc_id_token"  # noqa: S105  the name of a key
"""Key of the session's data: the provider's token, sealed, to say whose session ends there."""
PROXY_KEY = "proxy_header"
"""Key of the session's data: whom a trusted proxy named when it began, and what else it said."""
PROVIDER_KEY = "identity_provider"
"""Key of the session's data: who vouched for whom, until the sign-in is complete."""
PROVIDER_SECONDS = 900


def note_provider(request: HttpRequest, user: User, voucher: Voucher, *, session: str = "") -> None:
    """Notes who vouches for this person, and in which session there. A second step may follow."""
    request.session[PROVIDER_KEY] = {
        "user": user.pk,
        "at": int(time.time()),
        "via": voucher.source.via,
        "issuer": voucher.source.issuer,
        "subject": voucher.subject,
        "provider_session": session,
    }


def provider_of(request: HttpRequest, user: User) -> dict[str, str]:
    """What was noted for the sign-in of this person; empty if they sign in otherwise."""
    noted = request.session.get(PROVIDER_KEY) or {}
    is_fresh = time.time() - noted.get("at", 0) < PROVIDER_SECONDS
    if noted.get("user") != user.pk or not is_fresh:
        return {}
    said = {key: noted[key] for key in ("issuer", "subject", "provider_session")}
    return {"via": noted.get("via", AuditVia.OIDC), **said}


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """The row of this session; None if nobody is signed in."""
    number = request.session.get(RECORD_KEY)
    if number is None:
        return None
    return SignIn.objects.filter(pk=number, session_key=request.session.session_key).first()


@receiver(user_logged_in, dispatch_uid="accounts.record_sign_in")
def record_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Makes the row of a session that begins."""
    noted = provider_of(request, user)
    request.session.pop(PROVIDER_KEY, None)
    if request.session.pop(BEGAN_KEY, None) is not None:  # the end of an earlier sign-in
        request.session.set_expiry(None)
    request.session[BEGAN_KEY] = int(time.time())
    _record(request, user, getattr(request, VIA_ATTRIBUTE, AuditVia.SESSION), noted)


@receiver(post_save, sender=Session, dispatch_uid="accounts.follow_session")
def follow_session(instance: Session, created: bool, **_: Any) -> None:
    """Django gives a session another key now and then, by copying it to a new row."""
    if created:
        number = instance.get_decoded().get(RECORD_KEY)
        if number is not None:
            SignIn.objects.filter(pk=number).update(session_key=instance.session_key)


def note_use(request: HttpRequest) -> None:
    """Notes that the session is used now. Makes its row if an earlier version began it."""
    if not isinstance(request.user, User):
        return
    number = request.session.get(RECORD_KEY)
    if number is None:
        _record(request, request.user, AuditVia.SESSION)
    else:
        SignIn.objects.filter(pk=number).update(seen_at=timezone.now())


def _record(
    request: HttpRequest, user: User, via: AuditVia, noted: dict[str, str] | None = None
) -> None:
    if not request.session.session_key:
        request.session.save()
    origin, now = origin_of_request(request), timezone.now()
    row, _ = SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "via": via,
            "started_at": now,
            "seen_at": now,
            "ip_address": origin.ip_address,
            "user_agent": origin.user_agent,
            "issuer": "",
            "subject": "",
            "provider_session": "",
            **(noted or {}),
        },
    )
    request.session[RECORD_KEY] = row.pk
