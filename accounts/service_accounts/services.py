"""Makes service accounts, and tells them from people."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction

from accounts.models import ServiceAccount
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record


@transaction.atomic
def service_account_create(*, username: str, name: str, purpose: str, by: Actor) -> ServiceAccount:
    """A new account for programs. Raises `ValidationError` for a name that is taken or wrong."""
    user = User(username=username, first_name=name)
    user.set_unusable_password()
    user.full_clean()
    user.save(force_insert=True)
    account = ServiceAccount.objects.create(user=user, purpose=purpose, created_by=by.user)
    data = {"kind": "service_account", "purpose": purpose}
    audit_record(action=AuditAction.AUTH_SIGN_UP, by=by, target_user=user, data=data)
    return account


def is_service_account(user: User) -> bool:
    """Whether an account is for programs alone. One query."""
    return user.pk is not None and ServiceAccount.objects.filter(pk=user.pk).exists()


def service_accounts_of(user_ids: Collection[int]) -> set[int]:
    """Those of the accounts that are for programs: one query, or none."""
    if not user_ids:
        return set()
    return set(ServiceAccount.objects.filter(pk__in=user_ids).values_list("pk", flat=True))
