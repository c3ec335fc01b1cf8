"""Audit rows of a visit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from audit.actions import AuditAction, AuditVia
from audit.actor import Actor, ActorToken
from audit.origin import RequestOrigin
from audit.services import audit_record
from boards.models import Board, ShareLink, Visit


def visit_row(action: AuditAction, visit: Visit, title: str, data: dict[str, Any]) -> None:
    """Writes a row of a visit; it names the link, if one was used."""
    user = User.objects.filter(pk=visit.user_id).first() if visit.user_id else None
    origin = RequestOrigin(visit.ip_address, visit.user_agent)
    audit_record(
        action=action,
        by=Actor(user, origin, AuditVia(visit.via), _token_of(visit)),
        board_id=visit.board_id,
        board_title=title,
        level=visit.level,
        share_link_id=visit.share_link_id,
        connection_id=visit.connection_id,
        data={**data, **_link_name(visit.share_link_id)},
    )


def leave_row(visit: Visit, ended_at: datetime, close_code: int | None = None) -> None:
    """Writes the last row of a visit: its duration and counts.

    Drawing is not audited: the counts say who may have changed something, and when.
    """
    title = Board.objects.filter(pk=visit.board_id).values_list("title", flat=True).first()
    data = {
        "duration_seconds": max(int((ended_at - visit.opened_at).total_seconds()), 0),
        "updates_sent": visit.updates,
        "bytes_in": visit.bytes_in,
        "close_code": close_code,
    }
    if visit.wrote:
        data["wrote"] = visit.wrote
    visit_row(AuditAction.ROOM_LEAVE, visit, title or "", data)


def _token_of(visit: Visit) -> ActorToken | None:
    return ActorToken(visit.token_id, visit.token_name) if visit.token_id else None


def _link_name(share_link_id: UUID | None) -> dict[str, str]:
    if share_link_id is None:
        return {}
    label = ShareLink.objects.filter(pk=share_link_id).values_list("label", flat=True).first()
    return {"link": label or ""}
