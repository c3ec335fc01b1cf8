"""What is said of somebody, by whom, and which settings decide about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from accounts.names import clean_name
from audit.actions import AuditVia

LDAP_ISSUER = "ldap"
"""Of the directory's identities: an entry keeps its id when the server gets another address."""
MAX_GROUPS_READ = 20_000
"""More are not even looked at."""
_VOUCHER_ATTRIBUTE = "_vouched_for_by"


class IdentityRefusedError(Exception):
    """This identity can't sign in here. `str()` says why, and what to do."""


class DirectoryDownError(Exception):
    """The directory can't be asked for a password now."""


@dataclass(frozen=True, slots=True)
class Source:
    """What vouches for people, and the settings that begin with its prefix."""

    issuer: str
    """Its identities are unique together with this, and stay so."""
    via: AuditVia
    prefix: str

    def setting(self, name: str) -> Any:
        """As `CANVAS_OIDC_GROUPS` for `GROUPS`."""
        return getattr(settings, self.setting_name(name))

    def setting_name(self, name: str) -> str:
        """For people who may change it."""
        return f"{self.prefix}_{name}"


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody as the source describes them; `email` is an address, or empty."""

    subject: str
    username: str = ""
    full_name: str = ""
    email: str = ""
    is_email_verified: bool = False
    groups: tuple[str, ...] | None = None
    """None if the source says nothing of groups."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """Who vouched for somebody at a sign-in."""

    source: Source
    subject: str


def note_voucher(user: User, voucher: Voucher) -> None:
    """Remembers it with this object, until the session begins."""
    setattr(user, _VOUCHER_ATTRIBUTE, voucher)


def voucher_of(user: User) -> Voucher | None:
    """None for people who signed in by something of this installation."""
    found: Voucher | None = getattr(user, _VOUCHER_ATTRIBUTE, None)
    return found


def email_of(said: object) -> str:
    """An address in small letters; empty if it is none."""
    if not isinstance(said, str) or len(said) > EmailAddress._meta.get_field("email").max_length:
        return ""
    try:
        validate_email(said)
    except ValidationError:
        return ""
    return said.lower()


def text_of(said: object) -> str:
    """One line of printable text; empty if it is none."""
    return clean_name(said) if isinstance(said, str) else ""


def groups_of(said: object) -> tuple[str, ...]:
    """Names of groups. Raises `IdentityRefusedError` if that makes no sense."""
    found = [said] if isinstance(said, str) else said
    if not isinstance(found, Iterable) or isinstance(found, dict | bytes):
        raise IdentityRefusedError(gettext("Your identity provider names your groups wrongly."))
    names = [text_of(one) for one, _ in zip(found, range(MAX_GROUPS_READ), strict=False)]
    return tuple(dict.fromkeys(name for name in names if name))
