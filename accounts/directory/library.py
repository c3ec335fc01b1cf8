"""django-auth-ldap, set up by our settings. Its own settings and log are not used.

The library searches for the entry, binds as it, and finds its groups. Whose account that is and
what follows from groups is said elsewhere, for all ways of signing in alike.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import Any

import django_auth_ldap.config as config
import ldap
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext
from django_auth_ldap.backend import LDAPBackend, ldap_error

from accounts.directory.entries import attributes_read, is_spelled, said_by, source
from accounts.identities.people import account_of
from accounts.identities.said import (
    DirectoryDownError,
    IdentityRefusedError,
    Voucher,
    note_voucher,
)
from accounts.mail import whom_to_ask
from audit.actions import AuditVia
from audit.actor import actor_of_request

logger = logging.getLogger(__name__)
# What it writes holds names that people typed, and people type passwords there.
logging.getLogger("django_auth_ldap").setLevel(logging.CRITICAL)

_GROUP_TYPES = {
    ("groupOfNames", False): config.GroupOfNamesType,
    ("groupOfNames", True): config.NestedGroupOfNamesType,
    ("groupOfUniqueNames", False): config.GroupOfUniqueNamesType,
    ("groupOfUniqueNames", True): config.NestedGroupOfUniqueNamesType,
    ("posixGroup", False): config.PosixGroupType,
    ("group", False): config.ActiveDirectoryGroupType,
    ("group", True): config.NestedActiveDirectoryGroupType,
}
_REFUSALS = (
    ldap.INAPPROPRIATE_AUTH,
    ldap.UNWILLING_TO_PERFORM,
    ldap.CONSTRAINT_VIOLATION,
    ldap.INSUFFICIENT_ACCESS,
    ldap.NO_SUCH_OBJECT,
    ldap.INVALID_DN_SYNTAX,
)
"""Besides wrong passwords, how servers turn one entry away: it is disabled, or has no password."""
_TOO_MANY = (ldap.SIZELIMIT_EXCEEDED, ldap.ADMINLIMIT_EXCEEDED)
_PLAIN_NAME = re.compile(r"[\w.@+-]+")
"""What may become part of a DN: nothing that directories read in more than one way."""


class _PeopleSearch(config.LDAPSearch):  # type: ignore[misc]  # the library has no types
    """Finds an entry only by a name that it spells."""

    def execute(self, connection: Any, filterargs: Any = (), escape: bool = True) -> Any:
        found = super().execute(connection, filterargs, escape)
        return [one for one in found if is_spelled(filterargs["user"], one[1])]


class Directory(LDAPBackend):  # type: ignore[misc]  # the library has no types
    """The directory, for one sign-in."""

    settings_prefix = "_CANVAS_LDAP_LIBRARY_"

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.default_settings = _library_settings()

    def person(self, typed: str, password: str) -> User | None:
        """The account of the entry with this name and password; None if there is none.

        Raises:
            DirectoryDownError: the server could not be asked.
            IdentityRefusedError: the password is right, and the account may not be used.
        """
        name = unicodedata.normalize("NFKC", typed).strip()
        if settings.CANVAS_LDAP_USER_DN and not _PLAIN_NAME.fullmatch(name):
            return None
        user: User | None = self.authenticate(self._request, username=name, password=password)
        if user is not None:
            user.__dict__.pop("ldap_user", None)  # with its connection
        return user

    def get_or_build_user(self, username: str, ldap_user: Any) -> tuple[User, bool]:
        """The library asks this after the password was found right."""
        try:
            said = said_by(
                ldap_user.attrs or {},
                ldap_user.group_names if settings.CANVAS_LDAP_GROUP_BASE else None,
            )
        except _TOO_MANY as error:
            logger.warning("ldap: the server gives out fewer groups than somebody is in")
            text = gettext("The directory names too many groups for you.")
            raise IdentityRefusedError(f"{text} {whom_to_ask()}") from error
        except ldap.LDAPError as error:
            raise _down(error) from error
        user = account_of(source(), said, by=actor_of_request(self._request, AuditVia.LDAP))
        note_voucher(user, Voucher(source(), said.subject))
        return user, False


def _library_settings() -> dict[str, Any]:
    timeout, base = settings.CANVAS_LDAP_TIMEOUT_SECONDS, settings.CANVAS_LDAP_USER_BASE
    options: dict[int, Any] = {
        ldap.OPT_PROTOCOL_VERSION: 3,
        ldap.OPT_REFERRALS: 0,  # nobody's password goes to a server that another one names
        ldap.OPT_NETWORK_TIMEOUT: timeout,
        ldap.OPT_TIMEOUT: timeout,
        ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
    }
    if settings.CANVAS_LDAP_CA_FILE:
        options[ldap.OPT_X_TLS_CACERTFILE] = settings.CANVAS_LDAP_CA_FILE
    options[ldap.OPT_X_TLS_NEWCTX] = 0  # makes what is above count; the last one
    chosen: dict[str, Any] = {
        "SERVER_URI": settings.CANVAS_LDAP_SERVER,
        "START_TLS": settings.CANVAS_LDAP_START_TLS and _is_plain(settings.CANVAS_LDAP_SERVER),
        "BIND_DN": settings.CANVAS_LDAP_BIND_DN,
        "BIND_PASSWORD": settings.CANVAS_LDAP_BIND_PASSWORD,
        "CONNECTION_OPTIONS": options,
        "USER_ATTRLIST": attributes_read(),
        "ALWAYS_UPDATE_USER": False,
    }
    if settings.CANVAS_LDAP_USER_DN:
        chosen |= {
            "USER_DN_TEMPLATE": settings.CANVAS_LDAP_USER_DN,
            # Nobody else may read the entry there, perhaps.
            "BIND_AS_AUTHENTICATING_USER": not settings.CANVAS_LDAP_BIND_DN,
        }
    else:
        filter_text = settings.CANVAS_LDAP_USER_FILTER
        chosen["USER_SEARCH"] = _PeopleSearch(
            base, ldap.SCOPE_SUBTREE, filter_text, attributes_read()
        )
    if settings.CANVAS_LDAP_GROUP_BASE:
        kind = _GROUP_TYPES[settings.CANVAS_LDAP_GROUP_TYPE, settings.CANVAS_LDAP_NESTED_GROUPS]
        chosen["GROUP_TYPE"] = kind()
        chosen["GROUP_SEARCH"] = config.LDAPSearch(
            settings.CANVAS_LDAP_GROUP_BASE,
            ldap.SCOPE_SUBTREE,
            settings.CANVAS_LDAP_GROUP_FILTER,
            ["cn"],  # not the members, who may be thousands
        )
    return chosen


def _is_plain(server: str) -> bool:
    return all(one.startswith("ldap://") for one in server.split())


def _down(error: ldap.LDAPError) -> DirectoryDownError:
    details = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    logger.error(
        "ldap: %s: %s: %s %s",
        settings.CANVAS_LDAP_SERVER,
        type(error).__name__,
        details.get("desc", ""),
        details.get("info", ""),
    )
    return DirectoryDownError(type(error).__name__)


def _on_error(context: str, exception: ldap.LDAPError, **_: Any) -> None:
    """What the library would only write to its log, and take for a wrong password."""
    if context != "authenticate" or not isinstance(exception, _REFUSALS):
        raise _down(exception) from exception


ldap_error.connect(_on_error, sender=Directory, dispatch_uid="accounts.directory")
