"""Whom a level is given to. The one place that tells the kinds apart.

A new kind is a column of `BoardPermission` with its constraints and a kind here. After that it
needs a field in `boards.sharing.forms` and `boards.sharing.serializers`.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from audit.actions import AuditAction
from boards.identity.names import display_name
from boards.models import Board, BoardPermission

_NAMED_AT_MOST = 1000
"""Above that, all members of the groups are read rather than some named."""


class SubjectKind(enum.StrEnum):
    """How somebody comes to a level, weakest first. Audit rows hold the words: never rename one."""

    PUBLIC = "public"
    LINK = "link"
    """Not given by a row of `BoardPermission`: a `ShareLink` carries its own level."""
    GROUP = "group"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Subject:
    """One user, everybody in one group, or the public: everybody who has the public link."""

    user: User | None = None
    group: Group | None = None

    @classmethod
    def of_row(cls, row: BoardPermission) -> Subject:
        """Whom a permission is about."""
        return cls(row.user, row.group)

    @property
    def kind(self) -> SubjectKind:
        """What they are."""
        return _kind_of(self.user, self.group)

    @property
    def columns(self) -> dict[str, Any]:
        """Their columns in `BoardPermission`, to find the row and to make it."""
        match self.kind:
            case SubjectKind.USER:
                return {"user": self.user}
            case SubjectKind.GROUP:
                return {"group": self.group}
            case _:
                return {"is_public": True}

    @property
    def name(self) -> str:
        """What people call them; empty for the public."""
        if self.user is not None:
            return display_name(self.user)
        return self.group.name if self.group is not None else ""

    @property
    def field(self) -> tuple[str, str]:
        """The field of a page's form that names them, and its value."""
        if self.user is not None:
            return "user", self.user.get_username()
        return "group", str(self.group.pk) if self.group is not None else ""

    @property
    def audit_action(self) -> AuditAction:
        """What a change of their level is called in the audit log."""
        is_public = self.kind is SubjectKind.PUBLIC
        return AuditAction.PUBLIC_ACCESS_CHANGE if is_public else AuditAction.PERMISSION_CHANGE

    @property
    def audit_data(self) -> dict[str, str]:
        """What the audit log says of them, besides the user."""
        group = {"group": self.group.name} if self.group is not None else {}
        return {"subject": self.kind.value, **group}

    def require_grantable(self, board: Board) -> None:
        """Raises `ValidationError` for the owner of the board and for switched off accounts."""
        if self.user is not None:
            require_new_person(board, self.user)


PUBLIC = Subject()


def require_new_person(board: Board, user: User) -> None:
    """Raises `ValidationError` for the owner of the board and for switched off accounts."""
    name = {"user": user.get_username()}
    if user.pk == board.owner_id:
        raise ValidationError({"user": gettext("%(user)s owns this board already.") % name})
    if not user.is_active:
        raise ValidationError({"user": gettext("The account of %(user)s is switched off.") % name})


class PermissionRow(NamedTuple):
    """What of a `BoardPermission` decides, by ids."""

    level: str
    user_id: int | None
    group_id: int | None

    @property
    def kind(self) -> SubjectKind:
        """Whom it is about."""
        return _kind_of(self.user_id, self.group_id)

    def is_about(self, user_id: int | None, group_ids: Collection[int]) -> bool:
        """Whether it counts for a person in these groups; None is somebody without an account."""
        match self.kind:
            case SubjectKind.USER:
                return self.user_id == user_id
            case SubjectKind.GROUP:
                return self.group_id in group_ids
            case _:
                return True


def permission_rows(board: Board) -> list[PermissionRow]:
    """All permissions of a board."""
    return [PermissionRow(*row) for row in _values(board.permissions.all())]


def permission_rows_about(board: Board, person: User | None) -> list[PermissionRow]:
    """Those that count for one person: one query."""
    is_about = Q(is_public=True)
    if person is not None:
        is_about |= given_to(person)
    return [PermissionRow(*row) for row in _values(board.permissions.filter(is_about))]


def given_to(person: User, prefix: str = "") -> Q:
    """The permissions that somebody was given themselves or by a group; not the public one.

    `prefix` leads from the filtered rows to their permissions.
    """
    groups = person.groups.values("pk")
    return Q(**{f"{prefix}user": person}) | Q(**{f"{prefix}group__in": groups})


def people_given(rows: QuerySet[BoardPermission]) -> Q:
    """The users to whom these permissions give a level by name or by a group."""
    by_group = rows.filter(group__isnull=False)
    return Q(pk__in=rows.values("user")) | Q(groups__in=by_group.values("group"))


def groups_of(users: Collection[User], rows: Iterable[PermissionRow]) -> dict[int, set[int]]:
    """By user id, in which of the groups that the rows name each is: one query, or none."""
    group_ids = {row.group_id for row in rows if row.group_id is not None}
    found: dict[int, set[int]] = {}
    if group_ids and users:
        members = User.groups.through.objects.filter(group_id__in=group_ids)
        if len(users) <= _NAMED_AT_MOST:
            members = members.filter(user_id__in=[user.pk for user in users])
        for user_id, group_id in members.values_list("user_id", "group_id"):
            found.setdefault(user_id, set()).add(group_id)
    return found


def _values(rows: QuerySet[BoardPermission]) -> Iterable[tuple[str, int | None, int | None]]:
    return rows.values_list("level", "user_id", "group_id")


def _kind_of(user: object | None, group: object | None) -> SubjectKind:
    if user is not None:
        return SubjectKind.USER
    return SubjectKind.PUBLIC if group is None else SubjectKind.GROUP
