"""The account that a proxy's header names, brought up to date."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from accounts.identities.people import update_from
from accounts.identities.said import IdentityRefusedError, Said, Source, email_of, groups_of
from accounts.mail import whom_to_ask
from accounts.proxy_header.headers import ProxyPerson
from accounts.service_accounts.services import is_service_account
from audit.actions import AuditAction, AuditVia
from audit.actor import Actor
from audit.services import audit_record

_SOURCE = Source("", AuditVia.PROXY, "CANVAS_OIDC")
"""A username is an identity here. The settings for groups are those of the identity provider."""


def account_named(person: ProxyPerson, *, by: Actor) -> User:
    """The account with this name, made if need be, with the name, email and groups of the headers.

    Raises:
        IdentityRefusedError: nothing was changed.
    """
    _check(person)
    with transaction.atomic():
        user = User.objects.filter(username=person.name).first() or _new(person, by)
        if is_service_account(user):
            raise IdentityRefusedError(gettext("This account is for programs."))
        if not user.is_active:
            raise IdentityRefusedError(gettext("An administrator has switched this account off."))
        update_from(_SOURCE, _said(person), user, by=by)
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


def _said(person: ProxyPerson) -> Said:
    return Said(
        subject=person.name,
        full_name=person.full_name,
        email=email_of(person.email),
        is_email_verified=True,
        groups=groups_of(person.groups) if person.groups is not None else None,
    )
