"""What all writes about a space do: lock, audit, announce.

Every change of what a space gives, or of which boards are in it, holds the lock on its row until
the transaction ends. So a change of access never misses a board that comes in. The order of locks:
groups, people, spaces, boards.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.services import audit_record
from boards.limits.changes import count_board_change
from boards.models import Board, Space
from boards.writing import accesses_changed


def locked_spaces(space_ids: Collection[UUID]) -> dict[UUID, Space]:
    """The current rows, locked. Raises `ValidationError` if one is gone."""
    rows = Space.objects.select_for_update(no_key=True).filter(pk__in=space_ids).order_by("pk")
    found = {space.pk: space for space in rows}
    if len(found) < len(set(space_ids)):
        raise ValidationError(gettext("This space was deleted meanwhile. Reload the page."))
    return found


def locked_space(space: Space) -> Space:
    return locked_spaces([space.pk])[space.pk]


def space_access_changed(space: Space, *, lets_in: bool = False) -> None:
    """Someone's access to all boards of a space changed: one statement, however many."""
    accesses_changed(Board.objects.filter(space=space), lets_in=lets_in)


def space_record(
    action: AuditAction, space: Space, *, is_limited: bool = True, **fields: Any
) -> None:
    """Writes an audit row that names the space. Raises and limits as `boards.writing.record`."""
    if is_limited:
        count_board_change(action, fields["by"], level=fields.get("level", ""))
    data = {"space_id": str(space.pk), "space": space.name, **fields.pop("data", {})}
    audit_record(action=action, data=data, **fields)
