"""The only way to write to the audit log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from audit.actions import ActorKind, AuditAction, AuditOutcome
from audit.actor import Actor
from audit.models import LABEL_MAX_LENGTH, AuditLog
from audit.origin import RequestOrigin


def audit_record(
    *,
    action: AuditAction,
    by: Actor,
    board_id: UUID | None = None,
    board_title: str = "",
    level: str = "",
    target_user: User | None = None,
    outcome: AuditOutcome = AuditOutcome.SUCCESS,
    data: dict[str, Any] | None = None,
    share_link_id: UUID | None = None,
    connection_id: UUID | None = None,
) -> AuditLog:
    """Writes one row. Call it in the transaction of what it records: both commit, or neither does.

    A command is the actor itself; `data` names for whom it acts. `data` holds small JSON values
    only (no fractions): never tokens, query strings or content. Takes the lock of the chain until
    the transaction ends, so make it one of the last things a transaction does.
    """
    origin = by.origin
    user = None if origin.command else by.user
    return AuditLog.objects.create(
        action=action,
        outcome=outcome,
        actor=user,
        actor_kind=_actor_kind(user, by),
        actor_label=_label_of(user, origin)[:LABEL_MAX_LENGTH],
        target_user=target_user,
        target_label=target_user.get_username()[:LABEL_MAX_LENGTH] if target_user else "",
        board_id=board_id,
        board_title=board_title[:LABEL_MAX_LENGTH],
        level=level,
        via=by.via,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
        share_link_id=share_link_id,
        connection_id=connection_id,
        data={**(data or {}), **_command_of(by), **_token_of(by)},
    )


def _command_of(by: Actor) -> dict[str, str]:
    """What a row says of a command: its name, who ran it, and for whom."""
    origin = by.origin
    if not origin.command:
        return {}
    found = {"command": origin.command, "os_user": origin.os_user}
    if by.user is not None:
        found["for"] = by.user.get_username()[:LABEL_MAX_LENGTH]
    return found


def _token_of(by: Actor) -> dict[str, str]:
    """The name that a person gave the token by which a program acted for them."""
    return {} if by.token is None else {"token": by.token.name[:LABEL_MAX_LENGTH]}


def _label_of(user: User | None, origin: RequestOrigin) -> str:
    if origin.command:
        return f"{origin.command} ({origin.os_user})"
    return user.get_username() if user else ""


def _actor_kind(user: User | None, by: Actor) -> ActorKind:
    if user is not None:
        return ActorKind.USER
    return ActorKind.SYSTEM if by.is_system else ActorKind.ANONYMOUS
