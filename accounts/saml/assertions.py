"""What a checked assertion says of somebody."""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants

from accounts.identities.said import (
    IdentityRefusedError,
    Said,
    Source,
    email_of,
    groups_of,
    text_of,
)
from accounts.limits.throttle import Limit, count_event
from accounts.mail import whom_to_ask
from accounts.saml.provider import issuer
from audit.actions import AuditVia

MAX_LIFETIME_SECONDS = 86_400


class UsedError(Exception):
    """This assertion signed somebody in already."""


def source() -> Source:
    """The provider as one that vouches for people."""
    return Source(issuer(), AuditVia.SAML, "CANVAS_SAML")


def use_once(auth: OneLogin_Saml2_Auth) -> None:
    """Raises `UsedError` the second time, in whatever message the assertion comes."""
    until = auth.get_last_assertion_not_on_or_after() or 0
    seconds = min(max(int(until - time.time()), 0) + 600, MAX_LIFETIME_SECONDS)
    limit = Limit("saml_assertion", (issuer(), str(auth.get_last_assertion_id())), 1, seconds)
    if count_event(limit) is not None:
        raise UsedError


def said_by(auth: OneLogin_Saml2_Auth) -> Said:
    """Raises `IdentityRefusedError`."""
    groups = _values(auth, settings.CANVAS_SAML_GROUPS_ATTRIBUTES)
    return Said(
        subject=_subject_of(auth),
        username=_first(auth, settings.CANVAS_SAML_USERNAME_ATTRIBUTES),
        full_name=_first(auth, settings.CANVAS_SAML_NAME_ATTRIBUTES),
        email=email_of(_first(auth, settings.CANVAS_SAML_EMAIL_ATTRIBUTES)),
        is_email_verified=True,
        groups=None if groups is None else groups_of(groups),
    )


def _subject_of(auth: OneLogin_Saml2_Auth) -> str:
    chosen = settings.CANVAS_SAML_ID_ATTRIBUTE
    found = _first(auth, [chosen]) if chosen else text_of(auth.get_nameid())
    is_passing = auth.get_nameid_format() == OneLogin_Saml2_Constants.NAMEID_TRANSIENT
    if not found or (is_passing and not chosen):
        text = gettext("The identity provider does not say who you are in a way that stays.")
        raise IdentityRefusedError(f"{text} {whom_to_ask()}")
    return found


def _values(auth: OneLogin_Saml2_Auth, names: Iterable[str]) -> list[str] | None:
    """Of the first attribute with one of these names, in full or friendly; None without any."""
    for said in (auth.get_attributes(), auth.get_friendlyname_attributes()):
        for name in names:
            if name in said:
                return list(said[name])
    return None


def _first(auth: OneLogin_Saml2_Auth, names: Iterable[str]) -> str:
    values = _values(auth, names)
    return text_of(values[0]) if values else ""
