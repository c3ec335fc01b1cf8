"""Refuses every way of signing in with a service account.

The ways themselves refuse first, with a sentence (`may_use_password`, and the account of an
identity or of a proxy's header). What is here holds also for a way that forgets to.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.service_accounts.services import is_service_account


@receiver(pre_save, sender=User)
def keep_without_password(
    instance: User, update_fields: Any = None, raw: bool = False, **kwargs: Any
) -> None:
    """A password that an administrator gives it is not kept."""
    is_written = update_fields is None or "password" in update_fields
    if raw or not is_written or not instance.has_usable_password():
        return
    if is_service_account(instance):
        instance.set_unusable_password()


@receiver(user_logged_in)
def refuse(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Ends the session that was just begun."""
    if is_service_account(user):
        request.session.flush()
        raise PermissionDenied(gettext("This account is for programs. Nobody signs in with it."))
