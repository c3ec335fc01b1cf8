"""The only way to write to the audit log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User

from audit.actions import ActorKind, AuditAction, AuditOutcome, AuditVia
from audit.models import LABEL_MAX_LENGTH, AuditLog
from audit.origin import SYSTEM_ORIGIN, RequestOrigin


def audit_record(
    *,
    action: AuditAction,
    actor: User | AnonymousUser | None = None,
    board_id: UUID | None = None,
    board_title: str = "",
    level: str = "",
    via: str = "",
    target_user: User | None = None,
    outcome: AuditOutcome = AuditOutcome.SUCCESS,
    data: dict[str, Any] | None = None,
    share_link_id: UUID | None = None,
    connection_id: UUID | None = None,
    origin: RequestOrigin,
) -> AuditLog:
    """Write one row. Call it in the transaction of what it records, so both commit or neither does.

    No actor with ``SYSTEM_ORIGIN`` means the system itself; no actor from anywhere else is an
    anonymous person. With the origin of a command it is the actor, whatever ``actor`` and ``via``
    say; ``data`` names for whom it acts. ``data`` holds small JSON values only (no fractions):
    never tokens, query strings or content. Takes the lock of the chain until the transaction ends,
    so make it one of the last things a transaction does.
    """
    if origin.command:
        data = {**(data or {}), "command": origin.command, "os_user": origin.os_user}
        if isinstance(actor, User):
            data["for"] = actor.get_username()[:LABEL_MAX_LENGTH]
        actor, via = None, AuditVia.COMMAND
    user = actor if isinstance(actor, User) else None
    return AuditLog.objects.create(
        action=action,
        outcome=outcome,
        actor=user,
        actor_kind=_actor_kind(actor, origin),
        actor_label=_label_of(user, origin)[:LABEL_MAX_LENGTH],
        target_user=target_user,
        target_label=target_user.get_username()[:LABEL_MAX_LENGTH] if target_user else "",
        board_id=board_id,
        board_title=board_title[:LABEL_MAX_LENGTH],
        level=level,
        via=via,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
        share_link_id=share_link_id,
        connection_id=connection_id,
        data=data or {},
    )


def _label_of(user: User | None, origin: RequestOrigin) -> str:
    if origin.command:
        return f"{origin.command} ({origin.os_user})"
    return user.get_username() if user else ""


def _actor_kind(actor: User | AnonymousUser | None, origin: RequestOrigin) -> ActorKind:
    if isinstance(actor, User):
        return ActorKind.USER
    if origin.command or (actor is None and origin == SYSTEM_ORIGIN):
        return ActorKind.SYSTEM
    return ActorKind.ANONYMOUS
