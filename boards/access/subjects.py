"""Who a level is given to.

A new kind is a column of `BoardPermission` with its constraints, a kind here, a field in the forms
and serializers, and whatever tells people of it: CONTRIBUTING.md lists them.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import CharField, IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext

from audit.actions import AuditAction
from boards.compiled import Tuples, parameter
from boards.identity.names import display_name
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, Space, SpacePermission

_NAMED_AT_MOST = 1000
"""For more users, all members of the groups are read."""


class SubjectKind(enum.StrEnum):
    """Where a level comes from, weakest first. Audit rows store the words: never rename one."""

    PUBLIC = "public"
    LINK = "link"
    """Not a `BoardPermission`: a `ShareLink` has its own level."""
    SPACE = "space"
    """Not a `BoardPermission`: inherited from the space of the board."""
    GROUP = "group"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Subject:
    """One user, everyone in a group, or the public: everyone with the public link."""

    user: User | None = None
    group: Group | None = None

    @classmethod
    def of_row(cls, row: BoardPermission | SpacePermission) -> Subject:
        return cls(row.user, row.group)

    @property
    def kind(self) -> SubjectKind:
        if self.user is not None:
            return SubjectKind.USER
        return SubjectKind.PUBLIC if self.group is None else SubjectKind.GROUP

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of their `BoardPermission`, to find it and to create it."""
        match self.kind:
            case SubjectKind.USER:
                return {"user": self.user}
            case SubjectKind.GROUP:
                return {"group": self.group}
            case _:
                return {"is_public": True}

    @property
    def name(self) -> str:
        """The name that people see; empty for the public."""
        if self.user is not None:
            return display_name(self.user)
        return self.group.name if self.group is not None else ""

    @property
    def field(self) -> tuple[str, str]:
        """The form field that names them, and its value."""
        if self.user is not None:
            return "user", self.user.get_username()
        return "group", str(self.group.pk) if self.group is not None else ""

    @property
    def audit_action(self) -> AuditAction:
        is_public = self.kind is SubjectKind.PUBLIC
        return AuditAction.PUBLIC_ACCESS_CHANGE if is_public else AuditAction.PERMISSION_CHANGE

    @property
    def audit_data(self) -> dict[str, str]:
        """What audit rows say about them, besides the user."""
        group = {"group": self.group.name} if self.group is not None else {}
        return {"subject": self.kind.value, **group}

    def lock(self) -> None:
        """Until the transaction ends, nobody joins or leaves the group: a member who leaves while
        it is given a level would otherwise be missed. Take it before any other lock."""
        if self.group is not None:
            lock_groups([self.group.pk])

    def require_grantable(self, board: Board) -> None:
        """Raises `ValidationError` for the board's owner and for deactivated accounts."""
        if self.user is not None:
            require_new_person(board, self.user)


PUBLIC = Subject()


def require_new_person(board: Board, user: User) -> None:
    """Raises `ValidationError` for the board's owner and for deactivated accounts."""
    name = {"user": user.get_username()}
    if user.pk == board.owner_id:
        raise ValidationError({"user": gettext("%(user)s already owns this board.") % name})
    if not user.is_active:
        raise ValidationError({"user": gettext("The account of %(user)s is deactivated.") % name})


def lock_groups(group_ids: Collection[int]) -> None:
    """Until the transaction ends, nobody joins, leaves or gives a level to these groups."""
    groups = Group.objects.select_for_update(no_key=True).filter(pk__in=group_ids)
    list(groups.order_by("pk").values_list("pk"))


class PermissionRow(NamedTuple):
    """What access depends on in a permission of a board or of its space, by ids."""

    level: str
    user_id: int | None
    group_id: int | None
    is_public: bool
    is_inherited: bool
    """Whether it comes from the space of the board."""

    @property
    def kind(self) -> SubjectKind:
        """Raises `LookupError` for a row of a kind that is not known here: it gives nobody a
        level."""
        if self.user_id is not None:
            return SubjectKind.USER
        if self.group_id is not None:
            return SubjectKind.GROUP
        if self.is_public:
            return SubjectKind.PUBLIC
        raise LookupError("A permission names neither a person nor a group nor the public.")

    def is_about(self, user_id: int | None, group_ids: Collection[int]) -> bool:
        """Whether it applies to a person in these groups; None is someone without an account."""
        match self.kind:
            case SubjectKind.USER:
                return self.user_id == user_id
            case SubjectKind.GROUP:
                return self.group_id in group_ids
            case _:
                return True


def permission_rows(board: Board) -> list[PermissionRow]:
    """All permissions of a board, and those it inherits: one query."""
    return _read(_all_rows(board=board.pk, space=board.space_id))


def permission_rows_about(board: Board, person: User | None) -> list[PermissionRow]:
    """The permissions that apply to one person: one query, also for a board in no space, so that
    nobody can tell one by the time it takes."""
    if person is None:
        return _read(_public_rows(board=board.pk))
    return _read(_rows_about(board=board.pk, space=board.space_id, user=person.pk))


def permission_rows_of_many(
    boards: Collection[Board], person: User | None
) -> dict[UUID, list[PermissionRow]]:
    """For each board, the permissions that apply to one person: three queries."""
    columns = ("level", "user_id", "group_id")
    about = Q(is_public=True) if person is None else Q(is_public=True) | given_to(person)
    found: dict[UUID, list[PermissionRow]] = {board.pk: [] for board in boards}
    own = BoardPermission.objects.filter(about, board__in=list(found))
    for board_id, level, user_id, group_id, is_public in own.values_list(
        "board_id", *columns, "is_public"
    ):
        found[board_id].append(PermissionRow(level, user_id, group_id, is_public, False))
    if person is None:
        return found
    space_ids = {board.space_id for board in boards if board.space_id is not None}
    inherited: dict[UUID, list[PermissionRow]] = {space_id: [] for space_id in space_ids}
    members = SpacePermission.objects.filter(given_to(person), space__in=space_ids)
    for space_id, level, user_id, group_id in members.values_list("space_id", *columns):
        inherited[space_id].append(PermissionRow(level, user_id, group_id, False, True))
    for space in Space.objects.filter(pk__in=space_ids, owner=person):
        inherited[space.pk].append(_of_owner(space))
    for board in boards:
        if board.space_id is not None:
            found[board.pk] += inherited[board.space_id]
    return found


def _of_owner(space: Space) -> PermissionRow:
    return PermissionRow(AccessLevel.EDIT.label, space.owner_id, None, False, True)


def _own_rows(about: Q) -> QuerySet[BoardPermission, Any]:
    rows = BoardPermission.objects.filter(about, board=parameter(BoardPermission, "board"))
    return rows.order_by().values_list("level", "user_id", "group_id", "is_public", Value(False))


def _rows(about: Q, members: Q, owners: Q) -> QuerySet[BoardPermission, Any]:
    """A board's own rows, and what its space, if it has one, gives to members and to its owner, who
    may edit."""
    space = parameter(SpacePermission, "space")
    no, yes = Value(False), Value(True)
    edit = Value(AccessLevel.EDIT.label, output_field=CharField())
    no_group = Value(None, output_field=IntegerField())
    given = SpacePermission.objects.filter(members, space=space).order_by()
    owner = Space.objects.filter(owners, pk=space).order_by()
    return _own_rows(about).union(
        given.values_list("level", "user_id", "group_id", no, yes),
        owner.values_list(edit, "owner_id", no_group, no, yes),
        all=True,
    )


def _about_person() -> QuerySet[BoardPermission, Any]:
    person = parameter(SpacePermission, "user")
    about = given_to(person)
    return _rows(Q(is_public=True) | about, about, Q(owner=person))


_public_rows = Tuples(lambda: _own_rows(Q(is_public=True)))
_rows_about = Tuples(_about_person)
_all_rows = Tuples(lambda: _rows(Q(), Q(), Q()))


def _read(rows: Iterable[tuple[Any, ...]]) -> list[PermissionRow]:
    return [
        PermissionRow(level, user_id, group_id, bool(is_public), bool(is_inherited))
        for level, user_id, group_id, is_public, is_inherited in rows
    ]


def given_to(person: Any, prefix: str = "") -> Q:
    """The permissions that someone was given directly or through a group; not the public one.

    `person` is a user, or a parameter of a compiled query. `prefix` is the path from the filtered
    model to its permissions.
    """
    groups = Group.objects.filter(user=person).values("pk")
    return Q(**{f"{prefix}user": person}) | Q(**{f"{prefix}group__in": groups})


def people_given(rows: QuerySet[BoardPermission] | QuerySet[SpacePermission]) -> Q:
    """Filters users to those whom these permissions name, or whose group they name."""
    by_group = rows.filter(group__isnull=False)
    return Q(pk__in=rows.values("user")) | Q(groups__in=by_group.values("group"))


def groups_of(users: Collection[User], rows: Iterable[PermissionRow]) -> dict[int, set[int]]:
    """For each user id, which groups named by the rows the user is in: one query, or none."""
    group_ids = {row.group_id for row in rows if row.group_id is not None}
    found: dict[int, set[int]] = {}
    if group_ids and users:
        members = User.groups.through.objects.filter(group_id__in=group_ids)
        if len(users) <= _NAMED_AT_MOST:
            members = members.filter(user_id__in=[user.pk for user in users])
        for user_id, group_id in members.values_list("user_id", "group_id"):
            found.setdefault(user_id, set()).add(group_id)
    return found
