"""Ends sessions and access tokens, and with them the sockets that they opened.

The boards app hears of every deleted session and every new epoch, and resolves the access of open
sockets again.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.limits.repeated import has_enough_rows
from accounts.models import CredentialsEpoch, SignIn
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record


def credentials_version(user: User) -> str:
    """Changes with the user's password and when they sign out everywhere; reveals nothing."""
    parts = user.get_session_auth_hash()
    epoch = _epoch_of(user)
    if epoch:
        parts = f"{parts} {epoch}"
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def sign_out_everywhere(user: User, *, by: Actor, keep: str | None = None) -> int:
    """Ends all sessions but the one with the key `keep`, and all access tokens.

    Returns the number of sessions that ended.
    """
    others = SignIn.objects.filter(user=user).exclude(session_key=keep or "")
    with transaction.atomic():
        count = _delete_sessions(others)
        begin_epoch(user)
        action = AuditAction.AUTH_SESSIONS_END
        if count or not has_enough_rows(action, by):
            data = {"sessions": count, "tokens": "all"}
            audit_record(action=action, by=by, target_user=user, data=data)
    return count


def end_sign_ins(user: User, sign_ins: QuerySet[SignIn], *, by: Actor) -> int:
    """Ends some sessions of one person. Returns how many it found."""
    with transaction.atomic():
        count = _delete_sessions(sign_ins.filter(user=user))
        if count:
            audit_record(
                action=AuditAction.AUTH_SESSIONS_END,
                by=by,
                target_user=user,
                data={"sessions": count},
            )
    return count


def begin_epoch(user: User) -> None:
    """Ends every access token issued so far. Call it in a transaction."""
    epoch, is_new = CredentialsEpoch.objects.get_or_create(user=user)
    if not is_new:
        epoch.number = F("number") + 1
        epoch.save(update_fields=["number"])  # not `update`: receivers close the tokens' sockets
    user._state.fields_cache.pop("credentials_epoch", None)


def _epoch_of(user: User) -> int:
    epoch: CredentialsEpoch | None = getattr(user, "credentials_epoch", None)
    return epoch.number if epoch is not None else 0


def _delete_sessions(sign_ins: QuerySet[SignIn]) -> int:
    keys = list(sign_ins.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()  # those whose session was gone
    return len(keys)


@receiver(post_delete, sender=Session, dispatch_uid="accounts.forget_sign_in")
def forget_sign_in(instance: Session, **_: Any) -> None:
    """A session ended in whatever way."""
    SignIn.objects.filter(session_key=instance.session_key).delete()
