"""Who has access to a board, and where each level comes from, as the panel shows it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext

from accounts.account_page.menu import picture_of
from boards.access.selectors import inherited_by
from boards.access.subjects import PermissionRow, Subject, SubjectKind, groups_of, permission_rows
from boards.identity.names import display_name
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission
from boards.pages.subject_rows import SubjectRow, subject_row


def given_rows(board: Board, rows: Sequence[BoardPermission]) -> list[SubjectRow]:
    """The board's own permissions, without the public one. A person who may do more by a group or
    by the space is said to: the highest level counts."""
    more = _levels_otherwise(board, [row.user for row in rows if row.user is not None])
    found = []
    for row in rows:
        level, source = more.get(row.user_id or 0, (AccessLevel.NONE, ""))
        if row.user_id is not None and level > row.access_level:
            found.append(subject_row(row, more=level.label, source=source))
        else:
            found.append(subject_row(row))
    return found


def inherited_rows(board: Board) -> list[SubjectRow]:
    """What the space of the board gives: to its owner, to groups, to people."""
    if board.space is None:
        return []
    owner = board.space.owner
    first = SubjectRow(
        AccessLevel.EDIT.label,
        SubjectKind.USER,
        display_name(owner),
        str(owner.pk),
        Subject(user=owner).field,
        picture_of(owner),
        gettext("Owner of the space"),
    )
    return [first, *(subject_row(row) for row in inherited_by(board))]


def _levels_otherwise(board: Board, people: Sequence[User]) -> dict[int, tuple[AccessLevel, str]]:
    """For each person, the highest level of a group or of the space, and its source in words."""
    rows = [row for row in permission_rows(board) if row.group_id is not None or row.is_inherited]
    groups = groups_of(people, rows)
    names = dict(board.permissions.exclude(group=None).values_list("group", "group__name"))
    found: dict[int, tuple[AccessLevel, str]] = {}
    for person in people:
        for row in rows:
            if not row.is_about(person.pk, groups.get(person.pk, set())):
                continue
            level = AccessLevel.parse(row.level)
            if level > found.get(person.pk, (AccessLevel.NONE, ""))[0]:
                found[person.pk] = level, _source(board, row, names)
    return found


def _source(board: Board, row: PermissionRow, names: dict[int, str]) -> str:
    if row.is_inherited:
        space = board.space.name if board.space is not None else ""
        return gettext("by the space “%(space)s”") % {"space": space}
    return gettext("by the group “%(group)s”") % {"group": names.get(row.group_id or 0, "")}
