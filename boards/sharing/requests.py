"""Requests for access, and their answers."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.actor import Actor
from boards.access.resolve import resolve_access
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import AccessRequest, Board
from boards.notices.telling import tell_of_answer, tell_of_request
from boards.sharing.permissions import permission_grant
from boards.writing import lets_newcomers_in, locked_board, record, refreshed

MAX_OPEN_REQUESTS = 100


@transaction.atomic
def access_request_create(
    *,
    board: Board,
    user: User,
    level: AccessLevel,
    by: Actor,
    message: str = "",
) -> AccessRequest | None:
    """Ask the owner for a level; asking again replaces the earlier request.

    Returns None, and writes nothing, if the user has the level already, for a board in the trash,
    and if too many others are waiting.
    """
    current = locked_board(board)
    waiting = current.access_requests.filter(resolved_at__isnull=True)
    existing = waiting.filter(user=user).first()
    has_enough = resolve_access(current, user=user).level >= level
    is_full = existing is None and waiting.count() >= MAX_OPEN_REQUESTS
    if current.is_trashed or has_enough or is_full:
        return None
    request = existing or AccessRequest(board=current, user=user)
    request.level, request.message = level.label, message.strip()
    request.full_clean()
    request.save()
    tell_of_request(request)
    # Earlier answers are in the audit log; here they would add up.
    current.access_requests.filter(user=user, resolved_at__isnull=False).delete()
    record(
        AuditAction.ACCESS_REQUEST,
        current,
        by=by,
        level=level.label,
    )
    return request


@lets_newcomers_in
@transaction.atomic
def access_request_resolve(
    *,
    request: AccessRequest,
    level: AccessLevel | None,
    by: Actor,
) -> AccessRequest:
    """Grant a level, not necessarily the one asked for, or decline with None.

    Raises `ValidationError` if the request is already answered.
    """
    board = locked_board(request.board)
    current = AccessRequest.objects.select_for_update().select_related("user").get(pk=request.pk)
    if current.resolved_at is not None:
        raise ValidationError(gettext("This request has already been answered."))
    outcomes = AccessRequest.Outcome
    current.outcome = outcomes.DECLINED if level is None else outcomes.GRANTED
    current.resolved_at, current.resolved_by = timezone.now(), by.user
    current.save(update_fields=["outcome", "resolved_at", "resolved_by"])
    tell_of_answer(current, by)
    if level is not None and current.user.pk != board.owner_id:
        subject = Subject(user=current.user)
        permission_grant(board=board, subject=subject, level=level, by=by)
    record(
        AuditAction.ACCESS_REQUEST_RESOLVE,
        board,
        by=by,
        target_user=current.user,
        level=level.label if level is not None else "",
        data={"outcome": current.outcome, "asked": current.level},
    )
    refreshed(request.board)
    request.refresh_from_db()
    return request
