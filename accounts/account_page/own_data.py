"""All that is kept about a person, as one JSON file for them.

Other apps register their parts: accounts know nothing of boards. No part has secrets, or what
others wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from accounts.account_page.preferences import profile_of
from accounts.models import Notification, SignIn
from accounts.sign_in.browsers import browser_of
from audit.models import AuditLog

ROWS_PER_PART = 5000
"""Newest first. The file says of each part whether there are more."""

Part = Callable[[User], Iterable[Mapping[str, Any]]]
"""The rows of a part, the newest first. They are read only as far as they are used."""
_parts: dict[str, Part] = {}


def own_data_part(name: str) -> Callable[[Part], Part]:
    """Registers a part of everybody's data."""

    def register(part: Part) -> Part:
        _parts[name] = part
        return part

    return register


def own_data(user: User) -> dict[str, Any]:
    """Everything, of bounded size."""
    profile = profile_of(user)
    emails = EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
    found: dict[str, Any] = {
        "made_at": timezone.now(),
        "account": {
            "username": user.get_username(),
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "emails": list(emails),
            "joined_at": user.date_joined,
            "last_sign_in_at": user.last_login,
            "is_staff": user.is_staff,
            "groups": list(user.groups.values_list("name", flat=True)),
            "second_factors": list(
                Authenticator.objects.filter(user=user).values_list("type", flat=True)
            ),
            "language": profile.language,
            "theme": profile.theme,
            "has_picture": bool(profile.picture_key),
        },
    }
    for name, part in _parts.items():
        rows = list(islice(part(user), ROWS_PER_PART + 1))
        found[name] = rows[:ROWS_PER_PART]
        if len(rows) > ROWS_PER_PART:
            found[f"{name}_are_more_than"] = ROWS_PER_PART
    return found


@own_data_part("sessions")
def _sessions(user: User) -> Iterable[Mapping[str, Any]]:
    for row in SignIn.objects.filter(user=user).order_by("-seen_at")[: ROWS_PER_PART + 1]:
        yield {
            "browser": browser_of(row.user_agent),
            "ip_address": row.ip_address,
            "started_at": row.started_at,
            "used_at": row.seen_at,
        }


@own_data_part("notifications")
def _notifications(user: User) -> Iterable[Mapping[str, Any]]:
    rows = Notification.objects.filter(reader=user).order_by("-created_at")
    return rows.values("kind", "actor_name", "created_at", "read_at")[: ROWS_PER_PART + 1]


@own_data_part("log")
def _log(user: User) -> Iterable[Mapping[str, Any]]:
    """What they did and what was done to them. Addresses only of what they did themselves."""
    rows = AuditLog.objects.filter(Q(actor=user) | Q(target_user=user)).order_by("-created_at")
    for row in rows[: ROWS_PER_PART + 1]:
        is_own = row.actor_id == user.pk
        yield {
            "at": row.created_at,
            "action": row.action,
            "outcome": row.outcome,
            "by": row.actor_label,
            "about": row.target_label,
            "board": row.board_id,
            "via": row.via,
            **({"ip_address": row.ip_address, "browser": row.user_agent} if is_own else {}),
        }
