"""Who does something: what every audit row says of its actor."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest

from audit.actions import AuditVia
from audit.origin import SYSTEM_ORIGIN, RequestOrigin, origin_of_command, origin_of_request


@dataclass(frozen=True, slots=True)
class ActorToken:
    """The token by which a program acts for its person."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a program that does something, where they are, and how they came in."""

    user: User | None
    """None for people without an account and for programs that act for nobody."""
    origin: RequestOrigin
    via: AuditVia
    token: ActorToken | None = None
    """The token that a program used, if one acts."""

    @property
    def is_system(self) -> bool:
        """Whether it is this program itself, or a command that somebody runs on the server."""
        return self.via in (AuditVia.SYSTEM, AuditVia.COMMAND)


SYSTEM = Actor(None, SYSTEM_ORIGIN, AuditVia.SYSTEM)
"""What no person asked for: periodic work, and what follows from other changes."""


def actor_of_request(
    request: HttpRequest, via: AuditVia, user: User | AnonymousUser | None = None
) -> Actor:
    """The person behind a request; `user` where it is not the one of the session."""
    person = user if user is not None else getattr(request, "user", None)
    return Actor(person if isinstance(person, User) else None, origin_of_request(request), via)


def actor_of_command(name: str, user: User | None = None) -> Actor:
    """A management command, and the user for whom it acts, if it acts for one."""
    return Actor(user, origin_of_command(name), AuditVia.COMMAND)
