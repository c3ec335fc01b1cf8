"""The account that a proxy's header names, brought up to date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from accounts.mail import whom_to_ask
from accounts.oidc.people import IdentityRefusedError, update_from_claims
from accounts.proxy_header.headers import ProxyPerson
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record


def account_named(person: ProxyPerson, *, by: Actor) -> User:
    """The account with this name, made if need be, with the name, email and groups of the headers.

    Raises:
        IdentityRefusedError: nothing was changed.
    """
    _check(person)
    with transaction.atomic():
        user = User.objects.filter(username=person.name).first() or _new(person, by)
        if not user.is_active:
            raise IdentityRefusedError(gettext("An administrator has switched this account off."))
        update_from_claims(user, _claims(person), by=by)
    return user


def _check(person: ProxyPerson) -> None:
    if person.is_repeated:
        raise IdentityRefusedError(
            gettext("The proxy passes on headers that it should replace.") + " " + whom_to_ask()
        )
    field = User._meta.get_field("username")
    try:
        field.run_validators(person.name)
    except ValidationError as error:
        text = gettext("The proxy names you in a way that can't be a username.")
        raise IdentityRefusedError(f"{text} {whom_to_ask()}") from error
    if User.normalize_username(person.name) != person.name:  # two spellings of one account
        raise IdentityRefusedError(
            gettext("The proxy names you in a way that can't be a username.")
        )


def _new(person: ProxyPerson, by: Actor) -> User:
    is_taken = User.objects.filter(username__iexact=person.name).exists()
    if is_taken or not settings.CANVAS_PROXY_SIGN_UP:
        # Names that differ in capitals only may be two people at the proxy.
        raise IdentityRefusedError(gettext("You have no account here.") + " " + whom_to_ask())
    user, is_new = User.objects.get_or_create(username=person.name)
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        audit_record(action=AuditAction.AUTH_SIGN_UP, by=by, target_user=user)
    return user


def _claims(person: ProxyPerson) -> dict[str, Any]:
    """As an identity provider would say it, so that there is one code for both."""
    claims: dict[str, Any] = {"email": person.email, "email_verified": True}
    claims[settings.CANVAS_OIDC_NAME_CLAIM] = person.full_name
    if person.groups is not None:
        claims[settings.CANVAS_OIDC_GROUPS_CLAIM] = list(person.groups)
    return claims
