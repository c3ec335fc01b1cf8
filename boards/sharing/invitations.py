"""Writes about invitations. The rules of `permissions` apply.

Who invites never learns whether an account has the address: only its own bell says something.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.limits.throttle import Limit, count_event
from audit.actions import AuditAction
from audit.actor import Actor
from boards.access.resolve import resolve_access
from boards.access.subjects import Subject
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Board, Invitation
from boards.notices.telling import invitation_is_over, tell_of_acceptance, tell_of_invitation
from boards.quotas.checks import QuotaError, require_place_for_invitation
from boards.sharing.permissions import permission_grant
from boards.writing import lets_newcomers_in, locked_board, record

KEPT_FOR = timedelta(days=14)
"""How long an invitation can be accepted."""
MAX_ENDED = 200
"""The newest ended ones are kept; the audit log has them all."""
DAY_SECONDS = 86_400
GONE_MESSAGE = "This invitation no longer exists."


@transaction.atomic
def invitation_create(*, board: Board, email: str, level: AccessLevel, by: Actor) -> Invitation:
    """Invite an address, or invite it again: then with this level, from now on.

    Raises `ValidationError`, and `QuotaError` for too many of this board, of this person, or to
    this address.
    """
    current = locked_board(board)
    if level not in GRANTABLE_LEVELS:
        raise ValidationError({"level": gettext("The level must be view, comment or edit.")})
    address = email.strip().lower()
    rows = current.invitations.filter(accepted_at=None, revoked_at=None)
    invitation = rows.filter(email=address).first()
    if invitation is None:
        require_place_for_invitation(current.invitations.open().exclude(email=address).count())
        _forget_ended(current)
        invitation = Invitation(board=current, email=address)
    _count(by, address)
    invitation.level, invitation.created_by = level.label, by.user
    invitation.created_at = timezone.now()
    invitation.expires_at = invitation.created_at + KEPT_FOR
    invitation.full_clean()
    invitation.save()
    _record(AuditAction.INVITATION_CREATE, invitation, current, by)
    tell_of_invitation(invitation)
    return invitation


@transaction.atomic
def invitation_withdraw(*, invitation: Invitation, by: Actor) -> None:
    """Its link lets nobody in any more. Repeating it writes nothing; people who came stay."""
    board = locked_board(invitation.board)
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if rows.update(revoked_at=timezone.now()):
        _record(AuditAction.INVITATION_WITHDRAW, invitation, board, by)
        invitation_is_over(invitation)


@lets_newcomers_in
@transaction.atomic
def invitation_accept(*, board: Board, invitation: Invitation, user: User, by: Actor) -> bool:
    """Give this person the level, if they have less. Returns False if it can't be accepted."""
    current = locked_board(board)
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not row.is_open or current.is_trashed or row.board_id != current.pk:
        return False
    row.accepted_at, row.accepted_by = timezone.now(), user
    row.save(update_fields=["accepted_at", "accepted_by"])
    if not _has_enough(current, user, row.access_level):
        subject = Subject(user=user)
        permission_grant(board=current, subject=subject, level=row.access_level, by=by)
    _record(AuditAction.INVITATION_ACCEPT, row, current, by)
    invitation_is_over(row)
    tell_of_acceptance(row, user)
    return True


def _has_enough(board: Board, user: User, level: AccessLevel) -> bool:
    """Whether a row of the board gives them as much already, or they own it."""
    if resolve_access(board, user=user).is_owner:
        return True
    own = board.permissions.filter(user=user).first()
    return own is not None and own.access_level >= level


def _count(by: Actor, address: str) -> None:
    person = str(by.user.pk) if by.user is not None else ""
    full = count_event(
        Limit("invitation", (person,), settings.CANVAS_INVITATIONS_PER_DAY, DAY_SECONDS),
        Limit("invitation_to", (address,), settings.CANVAS_INVITATIONS_PER_ADDRESS, DAY_SECONDS),
    )
    if full is not None:
        raise QuotaError(gettext("Enough invitations for today. Try again tomorrow."), status=429)


def _forget_ended(board: Board) -> None:
    """Deletes old ended ones, so that the rows stay bounded."""
    ended = board.invitations.exclude(pk__in=board.invitations.open().values("pk"))
    surplus = ended.order_by("-created_at").values_list("pk", flat=True)[MAX_ENDED:]
    Invitation.objects.filter(pk__in=list(surplus)).delete()


def _record(action: AuditAction, invitation: Invitation, board: Board, by: Actor) -> None:
    record(action, board, by=by, level=invitation.level, data={"email": invitation.email})
