"""The account of an identity: found or made, with its name, email and groups.

Everything is checked before anything is written, and written in one transaction.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext

from accounts.addresses import holder_of
from accounts.mail import whom_to_ask
from accounts.models import ProviderGroup
from accounts.names import clean_name, is_like_address, plain_username
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record

CLAIM_MAX_GROUPS = 20_000
"""More are not even looked at."""
GROUP_NAME_MAX_LENGTH = 150
NAME_MAX_LENGTH = 150
_SUBJECT_MAX_LENGTH = 190
_NOT_IN_USERNAME = re.compile(r"[^\w.@+-]+")


class IdentityRefusedError(Exception):
    """This identity can't sign in here. `str()` says why, and what to do."""


def account_of(*, issuer: str, claims: dict[str, Any], by: Actor) -> User:
    """The account of an identity, brought up to date with its claims.

    Raises:
        IdentityRefusedError: nothing was changed.
    """
    subject = str(claims["sub"])
    if not 0 < len(subject) <= _SUBJECT_MAX_LENGTH:
        raise IdentityRefusedError(gettext("Your identity provider names you in a wrong way."))
    with transaction.atomic():
        identity = SocialAccount.objects.filter(provider=issuer, uid=subject).first()
        user = (
            identity.user if identity is not None else _new_or_linked(issuer, subject, claims, by)
        )
        if not user.is_active:
            raise IdentityRefusedError(gettext("An administrator has switched this account off."))
        update_from_claims(user, _with_groups(claims), by=by, is_linked=identity is not None)
    return user


def update_from_claims(
    user: User, claims: dict[str, Any], *, by: Actor, is_linked: bool = True
) -> None:
    """Gives an account the name, the email and the groups of its claims. Call it in a transaction.

    Raises:
        IdentityRefusedError: roll the transaction back.
    """
    names = _group_names(claims)
    _update_person(user, claims, is_linked=is_linked)
    if names is not None:
        _update_groups(user, names, by)


def _new_or_linked(issuer: str, subject: str, claims: dict[str, Any], by: Actor) -> User:
    email = email_of(claims)
    holder = holder_of(email)
    if holder is not None:
        user = _linked(holder, email, issuer, claims)
    elif settings.CANVAS_OIDC_SIGN_UP:
        user = User(username=_free_username(claims, email))
        user.set_unusable_password()
        user.save()
        audit_record(action=AuditAction.AUTH_SIGN_UP, by=by, target_user=user)
    else:
        raise IdentityRefusedError(gettext("You have no account here.") + " " + whom_to_ask())
    SocialAccount.objects.create(user=user, provider=issuer, uid=subject)
    return user


def _linked(holder: User, email: str, issuer: str, claims: dict[str, Any]) -> User:
    """The account that has the address already, if it may be taken for this identity."""
    has_other = SocialAccount.objects.filter(user=holder, provider=issuer).exists()
    if has_other or not settings.CANVAS_OIDC_LINK_EMAIL or claims.get("email_verified") is not True:
        text = gettext("Another account here has the address %(email)s.") % {"email": email}
        raise IdentityRefusedError(f"{text} {whom_to_ask()}")
    return holder


def email_of(claims: dict[str, Any]) -> str:
    """The address that the provider names; empty if it is none."""
    email = claims.get("email")
    if not isinstance(email, str) or len(email) > EmailAddress._meta.get_field("email").max_length:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email.lower()


def _update_person(user: User, claims: dict[str, Any], *, is_linked: bool) -> None:
    name = claims.get(settings.CANVAS_OIDC_NAME_CLAIM)
    if isinstance(name, str) and name.strip():
        first, _, last = clean_name(name).partition(" ")
        user.first_name, user.last_name = first[:NAME_MAX_LENGTH], last[:NAME_MAX_LENGTH]
    email = email_of(claims)
    holder = holder_of(email)
    if email and holder in (None, user):
        user.email = email
        _verify_address(user, email, is_verified=claims.get("email_verified") is True)
    elif holder is not None and is_linked:
        # Their address changed at the provider to one that somebody else has here.
        text = gettext("Another account here has the address %(email)s.") % {"email": email}
        raise IdentityRefusedError(f"{text} {whom_to_ask()}")
    user.save()


def _verify_address(user: User, email: str, *, is_verified: bool) -> None:
    EmailAddress.objects.filter(user=user).exclude(email=email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": is_verified, "primary": True}
    )


def _free_username(claims: dict[str, Any], email: str) -> str:
    """The name that the provider prefers, with a number if somebody has it already."""
    preferred = claims.get("preferred_username")
    wanted = preferred if isinstance(preferred, str) and preferred else email.split("@")[0]
    name = plain_username(clean_name(wanted))
    if is_like_address(name) and not _is_own_address(name, claims, email):
        name = name.partition("@")[0]
    base = _NOT_IN_USERNAME.sub("-", name).strip("-")[:140] or "person"
    name, number = base, 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{base}-{number}"
    return name


def _with_groups(claims: dict[str, Any]) -> dict[str, Any]:
    """Many providers leave the claim out for people without groups: they lose those they had, and
    their rank. A claim that is kept elsewhere because it is too long says nothing of the kind.
    """
    name = settings.CANVAS_OIDC_GROUPS_CLAIM
    elsewhere = claims.get("_claim_names")
    if name not in claims and isinstance(elsewhere, dict) and name in elsewhere:
        text = gettext("Your identity provider names more groups than its answer can hold.")
        raise IdentityRefusedError(f"{text} {whom_to_ask()}")
    return {name: [], **claims}


def _is_own_address(name: str, claims: dict[str, Any], email: str) -> bool:
    """Whether a name is the verified address: people may choose another one's as their name."""
    return name.lower() == email and claims.get("email_verified") is True


def _group_names(claims: dict[str, Any]) -> set[str] | None:
    """The groups of the claim that this installation takes; None if nothing is said of groups."""
    if settings.CANVAS_OIDC_GROUPS_CLAIM not in claims:
        return None
    claim = claims[settings.CANVAS_OIDC_GROUPS_CLAIM]
    found = [claim] if isinstance(claim, str) else claim
    if not isinstance(found, list):
        raise IdentityRefusedError(gettext("Your identity provider names your groups wrongly."))
    names = {clean_name(one) for one in found[:CLAIM_MAX_GROUPS] if isinstance(one, str)}
    taken = {name for name in names if _is_taken(name)}
    limit = settings.CANVAS_OIDC_MAX_GROUPS
    if len(taken) > limit:
        text = gettext(
            "Your identity provider names %(n)d groups, and this server takes %(limit)d at most. "
            "The person who runs it can choose which with CANVAS_OIDC_GROUPS."
        )
        raise IdentityRefusedError(text % {"n": len(taken), "limit": limit})
    return taken


def _is_taken(name: str) -> bool:
    if not 0 < len(name) <= GROUP_NAME_MAX_LENGTH:
        return False
    return any(fnmatchcase(name, pattern) for pattern in settings.CANVAS_OIDC_GROUPS)


def _update_groups(user: User, names: set[str], by: Actor) -> None:
    """Makes the groups of the provider those of the person. Others that they are in stay."""
    known = set(Group.objects.filter(name__in=names).values_list("name", flat=True))
    Group.objects.bulk_create([Group(name=name) for name in sorted(names - known)])
    wanted = set(Group.objects.filter(name__in=names).values_list("pk", flat=True))
    ProviderGroup.objects.bulk_create(
        [ProviderGroup(group_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )
    provided = user.groups.filter(provider_group__isnull=False)
    present = set(provided.values_list("pk", flat=True))
    all_present = set(user.groups.values_list("pk", flat=True))
    added, removed = wanted - all_present, present - wanted
    user.groups.add(*added)
    user.groups.remove(*removed)
    changed = _update_rank(user, names)
    if added or removed or changed:
        data = {"added": len(added), "removed": len(removed), **changed}
        audit_record(action=AuditAction.AUTH_GROUPS_CHANGE, by=by, target_user=user, data=data)


def _update_rank(user: User, names: set[str]) -> dict[str, bool]:
    """Staff and administrators by group, where the settings name groups for that."""
    changed = {}
    staff = set(settings.CANVAS_OIDC_STAFF_GROUPS)
    admins = set(settings.CANVAS_OIDC_ADMIN_GROUPS)
    if admins and user.is_superuser != bool(names & admins):
        user.is_superuser = changed["is_superuser"] = bool(names & admins)
    if (staff or admins) and user.is_staff != bool(names & (staff | admins)):
        user.is_staff = changed["is_staff"] = bool(names & (staff | admins))
    if changed:
        user.save()
    return changed
