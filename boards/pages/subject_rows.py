"""People and groups with a level, as the share panel and the page of a space list them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from accounts.account_page.menu import picture_of
from boards.access.subjects import Subject, SubjectKind
from boards.models import BoardPermission, SpacePermission


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One person or group with the level that this row gives."""

    level: str
    kind: SubjectKind
    name: str
    key: str
    """What the colour of their avatar follows."""
    field: tuple[str, str]
    """The form field that names them, and its value."""
    picture: str = ""
    """Its address; empty without one."""
    note: str = ""
    more: str = ""
    """A higher level that they have otherwise; empty for none."""
    source: str = ""
    """Where that comes from, in words."""


def subject_row(
    row: BoardPermission | SpacePermission, more: str = "", source: str = ""
) -> SubjectRow:
    """What to show of one permission."""
    subject = Subject.of_row(row)
    is_group = subject.kind is SubjectKind.GROUP
    return SubjectRow(
        row.level,
        subject.kind,
        subject.name,
        f"group {row.group_id}" if is_group else str(row.user_id),
        subject.field,
        "" if row.user is None else picture_of(row.user),
        _note(row, is_group=is_group),
        more,
        source,
    )


def _note(row: BoardPermission | SpacePermission, *, is_group: bool) -> str:
    if is_group:
        return gettext("Group")
    return gettext("Program") if hasattr(row.user, "service_account") else ""
