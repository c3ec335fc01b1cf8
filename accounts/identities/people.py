"""The account of an identity: found or made, with its name, email and groups.

Everything is checked before anything is written, and written in one transaction.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.translation import gettext

from accounts.addresses import holder_of
from accounts.identities.said import IdentityRefusedError, Said, Source
from accounts.mail import whom_to_ask
from accounts.models import ProviderGroup
from accounts.names import clean_name, is_like_address, plain_username
from accounts.service_accounts.services import is_service_account
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record

GROUP_NAME_MAX_LENGTH = 150
NAME_MAX_LENGTH = 150
_SUBJECT_MAX_LENGTH = 190
_NOT_IN_USERNAME = re.compile(r"[^\w.@+-]+")


def account_of(source: Source, said: Said, *, by: Actor) -> User:
    """The account of an identity, brought up to date with what its source says.

    Raises:
        IdentityRefusedError: nothing was changed.
    """
    if not 0 < len(said.subject) <= _SUBJECT_MAX_LENGTH:
        raise IdentityRefusedError(gettext("Your identity provider names you in a wrong way."))
    with transaction.atomic():
        identity = SocialAccount.objects.filter(provider=source.issuer, uid=said.subject).first()
        user = identity.user if identity is not None else _new_or_linked(source, said, by)
        if is_service_account(user):
            raise IdentityRefusedError(gettext("This account is for programs."))
        if not user.is_active:
            raise IdentityRefusedError(gettext("An administrator has switched this account off."))
        update_from(source, said, user, by=by, is_linked=identity is not None)
    return user


def update_from(
    source: Source, said: Said, user: User, *, by: Actor, is_linked: bool = True
) -> None:
    """Gives an account the name, the email and the groups that are said. Call it in a transaction.

    Raises:
        IdentityRefusedError: roll the transaction back.
    """
    names = _taken_groups(source, said)
    _update_person(user, said, is_linked=is_linked)
    if names is not None:
        _update_groups(source, user, names, by)


def has_identity(user: User, issuer: str) -> bool:
    """Whether this issuer vouched for them once."""
    return bool(SocialAccount.objects.filter(user=user, provider=issuer).exists())


def _new_or_linked(source: Source, said: Said, by: Actor) -> User:
    holder = holder_of(said.email)
    if holder is not None:
        user = _linked(source, holder, said)
    elif source.setting("SIGN_UP"):
        user = User(username=_free_username(said))
        user.set_unusable_password()
        user.save()
        audit_record(action=AuditAction.AUTH_SIGN_UP, by=by, target_user=user)
    else:
        raise IdentityRefusedError(gettext("You have no account here.") + " " + whom_to_ask())
    SocialAccount.objects.create(user=user, provider=source.issuer, uid=said.subject)
    return user


def _linked(source: Source, holder: User, said: Said) -> User:
    """The account that has the address already, if it may be taken for this identity."""
    has_other = has_identity(holder, source.issuer)
    if has_other or not source.setting("LINK_EMAIL") or not said.is_email_verified:
        raise _address_taken(said.email)
    return holder


def _address_taken(email: str) -> IdentityRefusedError:
    text = gettext("Another account here has the address %(email)s.") % {"email": email}
    return IdentityRefusedError(f"{text} {whom_to_ask()}")


def _update_person(user: User, said: Said, *, is_linked: bool) -> None:
    name = clean_name(said.full_name)
    if name:
        first, _, last = name.partition(" ")
        user.first_name, user.last_name = first[:NAME_MAX_LENGTH], last[:NAME_MAX_LENGTH]
    holder = holder_of(said.email)
    if said.email and holder in (None, user):
        user.email = said.email
        _verify_address(user, said.email, is_verified=said.is_email_verified)
    elif holder is not None and is_linked:
        # Their address changed at the provider to one that somebody else has here.
        raise _address_taken(said.email)
    user.save()


def _verify_address(user: User, email: str, *, is_verified: bool) -> None:
    EmailAddress.objects.filter(user=user).exclude(email=email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": is_verified, "primary": True}
    )


def _free_username(said: Said) -> str:
    """The name that the provider prefers, with a number if somebody has it already."""
    wanted = said.username or said.email.split("@")[0]
    name = plain_username(clean_name(wanted))
    if is_like_address(name) and not _is_own_address(name, said):
        name = name.partition("@")[0]
    base = _NOT_IN_USERNAME.sub("-", name).strip("-")[:140] or "person"
    name, number = base, 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{base}-{number}"
    return name


def _is_own_address(name: str, said: Said) -> bool:
    """Whether a name is the verified address: people may choose another one's as their name."""
    return name.lower() == said.email and said.is_email_verified


def _taken_groups(source: Source, said: Said) -> set[str] | None:
    """The groups that this installation takes; None if the source says nothing of groups."""
    if said.groups is None:
        return None
    patterns = source.setting("GROUPS")
    taken = {name for name in said.groups if _is_taken(name, patterns)}
    limit = source.setting("MAX_GROUPS")
    if len(taken) > limit:
        text = gettext(
            "Your identity provider names %(n)d groups, and this server takes %(limit)d at most. "
            "The person who runs it can choose which with %(setting)s."
        )
        values = {"n": len(taken), "limit": limit, "setting": source.setting_name("GROUPS")}
        raise IdentityRefusedError(text % values)
    return taken


def _is_taken(name: str, patterns: list[str]) -> bool:
    if not 0 < len(name) <= GROUP_NAME_MAX_LENGTH:
        return False
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _update_groups(source: Source, user: User, names: set[str], by: Actor) -> None:
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
    changed = _update_rank(source, user, names)
    if added or removed or changed:
        data = {"added": len(added), "removed": len(removed), **changed}
        audit_record(action=AuditAction.AUTH_GROUPS_CHANGE, by=by, target_user=user, data=data)


def _update_rank(source: Source, user: User, names: set[str]) -> dict[str, bool]:
    """Staff and administrators by group, where the settings name groups for that."""
    changed = {}
    staff = set(source.setting("STAFF_GROUPS"))
    admins = set(source.setting("ADMIN_GROUPS"))
    if admins and user.is_superuser != bool(names & admins):
        user.is_superuser = changed["is_superuser"] = bool(names & admins)
    if (staff or admins) and user.is_staff != bool(names & (staff | admins)):
        user.is_staff = changed["is_staff"] = bool(names & (staff | admins))
    if changed:
        user.save()
    return changed
