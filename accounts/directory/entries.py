"""What the directory says of somebody."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext

from accounts.identities.said import (
    LDAP_ISSUER,
    IdentityRefusedError,
    Said,
    Source,
    email_of,
    groups_of,
    text_of,
)
from accounts.mail import whom_to_ask
from accounts.sign_in.passwords import counted_name
from audit.actions import AuditVia

logger = logging.getLogger(__name__)

Attributes = Mapping[str, Sequence[object]]


def source() -> Source:
    """The directory as one that vouches for people."""
    return Source(LDAP_ISSUER, AuditVia.LDAP, "CANVAS_LDAP")


def attributes_read() -> list[str]:
    """The attributes to ask for: `entryUUID` is not among those that come by themselves."""
    return [
        settings.CANVAS_LDAP_ID_ATTRIBUTE,
        settings.CANVAS_LDAP_USERNAME_ATTRIBUTE,
        settings.CANVAS_LDAP_NAME_ATTRIBUTE,
        settings.CANVAS_LDAP_EMAIL_ATTRIBUTE,
        # Of POSIX groups.
        *(["uid", "gidNumber"] if settings.CANVAS_LDAP_GROUP_TYPE == "posixGroup" else []),
    ]


def is_spelled(typed: str, attributes: Attributes) -> bool:
    """Whether an entry has this name or address as people type it.

    Directories compare more loosely than our limits on guesses count: without this, each invisible
    character in a name would be ten more guesses.
    """
    names = (settings.CANVAS_LDAP_USERNAME_ATTRIBUTE, settings.CANVAS_LDAP_EMAIL_ATTRIBUTE)
    values = [value for name in names for value in attributes.get(name, ())]
    return any(
        isinstance(value, str) and counted_name(value) == counted_name(typed) for value in values
    )


def said_by(attributes: Attributes, group_names: Iterable[object] | None) -> Said:
    """Raises `IdentityRefusedError` if it has no id, or is in none of the required groups."""
    subject = _id_of(attributes)
    if not subject:
        logger.error("ldap: an entry has no %s", settings.CANVAS_LDAP_ID_ATTRIBUTE)
        raise IdentityRefusedError(
            gettext("The directory does not say who you are.") + " " + whom_to_ask()
        )
    groups = None if group_names is None else groups_of(group_names)
    required = settings.CANVAS_LDAP_REQUIRED_GROUPS
    if required and not set(required) & set(groups or ()):
        text = gettext("You are in none of the groups that may sign in here.")
        raise IdentityRefusedError(f"{text} {whom_to_ask()}")
    return Said(
        subject=subject,
        username=_first(attributes, settings.CANVAS_LDAP_USERNAME_ATTRIBUTE),
        full_name=_first(attributes, settings.CANVAS_LDAP_NAME_ATTRIBUTE),
        email=email_of(_first(attributes, settings.CANVAS_LDAP_EMAIL_ATTRIBUTE)),
        is_email_verified=True,
        groups=groups,
    )


def _first(attributes: Attributes, name: str) -> str:
    values = attributes.get(name, ())
    return text_of(values[0]) if values else ""


def _id_of(attributes: Attributes) -> str:
    """As text; an `objectGUID` is bytes, which may happen to be text."""
    values = attributes.get(settings.CANVAS_LDAP_ID_ATTRIBUTE, ())
    if not values:
        return ""
    value = values[0]
    raw = value if isinstance(value, bytes) else str(value).encode()
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw.hex()
    return text if text.isprintable() else raw.hex()
