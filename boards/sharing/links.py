"""Writes about share links. The rules of `permissions` apply."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from accounts.limits.repeated import has_enough_rows
from audit.actions import AuditAction
from audit.actor import Actor
from boards.access.subjects import PUBLIC
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Board, ShareLink
from boards.quotas.checks import require_place_for_link
from boards.sharing.permissions import permission_revoke
from boards.writing import access_changed, lets_newcomers_in, locked_board, record, refreshed

MAX_ENDED_LINKS = 200
"""The newest ended links are kept; the audit log has them all."""
PASSWORD_MAX_LENGTH = 200


@lets_newcomers_in
@transaction.atomic
def share_link_create(
    *,
    board: Board,
    level: AccessLevel,
    by: Actor,
    label: str = "",
    password: str = "",
    expires_at: datetime | None = None,
) -> ShareLink:
    """Create a link that gives this level until it expires or is revoked."""
    current = locked_board(board)
    _check_values(level, password, expires_at)
    require_place_for_link(ShareLink.objects.active().filter(board=current).count())
    _forget_ended_links(current)
    link = ShareLink(
        board=current,
        level=level.label,
        label=label.strip(),
        password_hash=make_password(password) if password else "",
        created_by=by.user,
        expires_at=expires_at,
    )
    link.full_clean()
    link.save(force_insert=True)
    record(
        AuditAction.SHARE_LINK_CREATE,
        current,
        by=by,
        level=link.level,
        share_link_id=link.pk,
        data={
            "label": link.label,
            "expires_at": expires_at.isoformat() if expires_at else None,
            "has_password": link.has_password,
        },
    )
    return link


def _check_values(level: AccessLevel, password: str, expires_at: datetime | None) -> None:
    if level not in GRANTABLE_LEVELS:
        raise ValidationError({"level": gettext("The level must be view, comment or edit.")})
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": "A link cannot end before it begins."})
    if len(password) > PASSWORD_MAX_LENGTH:
        raise ValidationError({"password": gettext("This password is too long.")})


def _forget_ended_links(board: Board) -> None:
    """Deletes old ended links, so that the rows stay bounded."""
    ended = board.share_links.exclude(pk__in=board.share_links.active().values("pk"))
    surplus = ended.order_by("-created_at").values_list("pk", flat=True)[MAX_ENDED_LINKS:]
    ShareLink.objects.filter(pk__in=list(surplus)).delete()


@transaction.atomic
def share_link_revoke(
    *,
    link: ShareLink,
    by: Actor,
) -> ShareLink:
    """Revoke a link at once, also for people connected by it. Repeating it writes nothing."""
    board = locked_board(link.board)
    changed = ShareLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if changed:
        access_changed(board)
        record(
            AuditAction.SHARE_LINK_REVOKE,
            board,
            by=by,
            level=link.level,
            share_link_id=link.pk,
            data={"label": link.label},
        )
    link.refresh_from_db()
    return link


@transaction.atomic
def board_make_private(
    *,
    board: Board,
    by: Actor,
) -> None:
    """Switch the public link off and revoke all share links. People and groups keep their
    levels."""
    permission_revoke(board=board, subject=PUBLIC, by=by)
    for link in board.share_links.active():
        share_link_revoke(link=link, by=by)
    refreshed(board)


@transaction.atomic
def share_link_use(*, link: ShareLink, by: Actor) -> None:
    """A session opened the link for the first time. It is counted each time."""
    ShareLink.objects.filter(pk=link.pk).update(
        use_count=F("use_count") + 1, last_used_at=timezone.now()
    )
    if not has_enough_rows(AuditAction.SHARE_LINK_USE, by, str(link.pk)):
        record(
            AuditAction.SHARE_LINK_USE,
            link.board,
            by=by,
            level=link.level,
            share_link_id=link.pk,
            data={"label": link.label},
        )
