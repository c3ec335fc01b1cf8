"""Records signing in, signing out and wrong passwords, from Django's signals."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from audit.actions import AuditAction, AuditOutcome, AuditVia
from audit.actor import Actor, actor_of_request
from audit.origin import RequestOrigin, origin_of_request
from audit.services import audit_record

NAME_MAX_LENGTH = 64
UNKNOWN_ORIGIN = RequestOrigin(ip_address=None, user_agent="")
VIA_ATTRIBUTE = "_audit_sign_in_via"


def mark_sign_in(request: HttpRequest, via: AuditVia) -> None:
    """Notes how the following sign-in happens, if not by a password."""
    setattr(request, VIA_ATTRIBUTE, via)


@receiver(user_logged_in, dispatch_uid="audit.logged_in")
def record_login(request: HttpRequest, user: User, **_: Any) -> None:
    """Records the start of a session."""
    audit_record(
        action=AuditAction.AUTH_LOGIN,
        by=actor_of_request(request, getattr(request, VIA_ATTRIBUTE, AuditVia.SESSION), user),
    )


@receiver(user_logged_out, dispatch_uid="audit.logged_out")
def record_logout(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Records the end of a session, if there was one."""
    if user is not None:
        audit_record(
            action=AuditAction.AUTH_LOGOUT,
            by=actor_of_request(request, AuditVia.SESSION, user),
        )


@receiver(user_login_failed, dispatch_uid="audit.login_failed")
def record_failure(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """Records a wrong password with the attempted name, cut: people type passwords there too."""
    name = str(credentials.get("username", ""))[:NAME_MAX_LENGTH]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    origin = origin_of_request(request) if request is not None else UNKNOWN_ORIGIN
    audit_record(
        action=AuditAction.AUTH_LOGIN_FAILED,
        outcome=AuditOutcome.DENIED,
        by=Actor(None, origin, AuditVia.SESSION),
        data={"username": name},
    )
