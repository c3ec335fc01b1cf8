"""Audit rows of everything that changes how someone signs in."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.limits.changes import count_change
from audit.actions import AuditAction, AuditOutcome, AuditVia
from audit.actor import SYSTEM, actor_of_request
from audit.services import audit_record


def _record(
    request: HttpRequest,
    user: User,
    action: AuditAction,
    outcome: AuditOutcome = AuditOutcome.SUCCESS,
    **data: Any,
) -> None:
    by = actor_of_request(request, AuditVia.SESSION, user)
    audit_record(action=action, by=by, target_user=user, outcome=outcome, data=data)


@receiver([account_signals.password_changed, account_signals.password_set])
def password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """By the person themselves."""
    _record(request, user, AuditAction.AUTH_PASSWORD_CHANGE)


@receiver(account_signals.password_reset)
def password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """By the link in a mail."""
    _record(request, user, AuditAction.AUTH_PASSWORD_RESET)


@receiver(account_signals.email_changed)
def email_changed(
    request: HttpRequest, user: User, to_email_address: EmailAddress, **_: Any
) -> None:
    _record(request, user, AuditAction.AUTH_EMAIL_CHANGE, email=to_email_address.email)


@receiver(post_save, sender=Authenticator)
def factor_added(instance: Authenticator, created: bool, **_: Any) -> None:
    """In whatever way, and in the same transaction. Raises `RefusalError` for people who change
    too much: recovery codes can be made again and again."""
    if created:
        _factor(instance, "added", is_limited=True)


@receiver(post_delete, sender=Authenticator)
def factor_removed(instance: Authenticator, **_: Any) -> None:
    """By the person, by an administrator, or with the account."""
    _factor(instance, "removed")


@receiver(factor_signals.authentication_failed)
def code_failed(request: HttpRequest, user: User, **_: Any) -> None:
    """The second step of signing in, or a confirmation, went wrong."""
    data = {"username": user.get_username(), "step": "second factor"}
    _record(request, user, AuditAction.AUTH_LOGIN_FAILED, AuditOutcome.DENIED, **data)


def _factor(authenticator: Authenticator, change: str, *, is_limited: bool = False) -> None:
    request, user = context.request, authenticator.user
    is_own = request is not None and request.user == user
    via = AuditVia.SESSION if is_own else AuditVia.ADMIN
    by = SYSTEM if request is None else actor_of_request(request, via)
    if is_limited:
        count_change(by)
    audit_record(
        action=AuditAction.AUTH_FACTOR_CHANGE,
        by=by,
        target_user=user,
        data={"factor": authenticator.type, "change": change},
    )
