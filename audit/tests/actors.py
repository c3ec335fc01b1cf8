"""Who acts in tests."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User

from audit.actions import AuditVia
from audit.actor import Actor
from audit.origin import SYSTEM_ORIGIN, RequestOrigin


def by(
    user: User | AnonymousUser | None,
    origin: RequestOrigin = SYSTEM_ORIGIN,
    via: AuditVia = AuditVia.SESSION,
) -> Actor:
    """Somebody who acts in a session."""
    return Actor(user if isinstance(user, User) else None, origin, via)
