"""Boards of spaces, and who has them."""

from __future__ import annotations

from django.contrib.auth.models import Group, User

from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.resolve import resolve_access
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import Board, Space, SpacePermission
from boards.spaces.members import space_permission_grant


def level_of(board: Board, user: User) -> AccessLevel:
    return resolve_access(Board.objects.get(pk=board.pk), user=user).level


def version_of(board: Board) -> int:
    return Board.objects.values_list("access_version", flat=True).get(pk=board.pk)


def give(space: Space, who: User | Group, level: AccessLevel) -> SpacePermission:
    subject = Subject(user=who) if isinstance(who, User) else Subject(group=who)
    return space_permission_grant(space=space, subject=subject, level=level, by=by(space.owner))


def actions() -> list[str]:
    return list(AuditLog.objects.order_by("pk").values_list("action", flat=True))
