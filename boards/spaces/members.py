"""Writes about who has which level on the boards of a space."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.actor import Actor
from boards.access.subjects import Subject, SubjectKind
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Space, SpacePermission
from boards.notices.telling import tell_of_space
from boards.spaces.writing import locked_space, space_access_changed, space_record


@transaction.atomic
def space_permission_grant(
    *, space: Space, subject: Subject, level: AccessLevel, by: Actor
) -> SpacePermission:
    """Give a person or a group a level on all boards of a space, or change the one it has."""
    subject.lock()
    current = locked_space(space)
    _require_grantable(current, subject, level)
    row = _row_of(current, subject) or SpacePermission(space=current, **subject.columns)
    old = row.level or AccessLevel.NONE.label
    if old != level.label:
        row.level, row.granted_by = level.label, by.user
        row.full_clean()
        row.save()
        _changed(row, old, level.label, by)
        if level > AccessLevel.parse(old):
            tell_of_space(current, subject, by)
    return row


@transaction.atomic
def space_permission_revoke(*, space: Space, subject: Subject, by: Actor) -> None:
    """Take away a subject's level. Its people keep what they have on single boards."""
    row = _row_of(locked_space(space), subject)
    if row is not None:
        _remove(row, by)


@transaction.atomic
def space_leave(*, space: Space, user: User, by: Actor) -> None:
    """Give up one's own level. Raises `ValidationError` if one was not given any."""
    row = _row_of(locked_space(space), Subject(user=user))
    if row is None:
        raise ValidationError(
            gettext("This space was not shared with you personally, so you can't leave it.")
        )
    _remove(row, by, operation="leave")


def _require_grantable(space: Space, subject: Subject, level: AccessLevel) -> None:
    if subject.kind is SubjectKind.PUBLIC:
        raise ValidationError({"user": gettext("A space can't be public. Name a person or group.")})
    if level not in GRANTABLE_LEVELS:
        raise ValidationError({"level": gettext("The level must be view, comment or edit.")})
    user = subject.user
    if user is not None and user.pk == space.owner_id:
        text = gettext("%(user)s already owns this space.")
        raise ValidationError({"user": text % {"user": user.get_username()}})
    if user is not None and not user.is_active:
        text = gettext("The account of %(user)s is deactivated.")
        raise ValidationError({"user": text % {"user": user.get_username()}})


def _row_of(space: Space, subject: Subject) -> SpacePermission | None:
    if subject.kind is SubjectKind.PUBLIC:
        return None
    return space.permissions.filter(**subject.columns).first()


def _remove(row: SpacePermission, by: Actor, **data: str) -> None:
    row.delete()
    _changed(row, row.level, AccessLevel.NONE.label, by, **data)


def _changed(row: SpacePermission, old: str, new: str, by: Actor, **data: str) -> None:
    is_raised = AccessLevel.parse(new) > AccessLevel.parse(old)
    space_access_changed(row.space, lets_in=is_raised)
    subject = Subject.of_row(row)
    space_record(
        AuditAction.SPACE_PERMISSION_CHANGE,
        row.space,
        by=by,
        target_user=subject.user,
        level="" if new == AccessLevel.NONE.label else new,
        data={**subject.audit_data, "old": old, "new": new, **data},
    )
