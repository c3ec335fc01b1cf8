"""Adds items to libraries, changes them and removes them.

Each service is one transaction behind a lock on the library, so that two requests can't both take
the last place. `boards.libraries.selectors` has decided who may call it, and decides again behind
the lock, for people who have lost the right in between.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext

from accounts.limits.person_lock import hold_person
from accounts.limits.refusals import megabytes
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.libraries.selectors import Place, require_change
from boards.libraries.telling import tell_on_commit
from boards.limits.changes import count_board_change
from boards.models import Library, LibraryItem
from boards.models.libraries import ITEM_NAME_MAX_LENGTH
from boards.quotas.checks import QuotaError
from boards.spaces.writing import locked_space, space_record

MAX_POSITION = 1e15


@dataclass(frozen=True, slots=True)
class NewItem:
    """What an item is made of. `content` was checked."""

    name: str
    content: str

    @classmethod
    def of(cls, name: str, elements: Sequence[Any], files: dict[str, Any]) -> NewItem:
        """From checked elements and the images that they show. Raises `QuotaError` for one that is
        larger than CANVAS_MAX_LIBRARY_ITEM_BYTES."""
        content = json.dumps({"elements": elements, "files": files}, separators=(",", ":"))
        item = cls(name.strip()[:ITEM_NAME_MAX_LENGTH], content)
        limit = settings.CANVAS_MAX_LIBRARY_ITEM_BYTES
        if item.size_bytes > limit:
            text = gettext("An item of a library can have %(size)s. Nothing was added.")
            raise QuotaError(text % {"size": megabytes(limit)}, status=413)
        return item

    @property
    def size_bytes(self) -> int:
        return len(self.content)  # JSON of `dumps` is ASCII


@transaction.atomic
def item_put(
    *, place: Place, key: UUID, item: NewItem, position: float | None, by: Actor
) -> tuple[LibraryItem, bool]:
    """Adds an item, or replaces the one with this key; says whether it is new.

    Raises `ValidationError`, and `QuotaError` when the library is full.
    """
    library = _locked(place)
    row = library.items.filter(key=key).first()
    is_new = row is None
    if row is None:
        row = LibraryItem(library=library, key=key, position=_last(library) + 1)
    _require_place(library, int(is_new), item.size_bytes - (row.size_bytes or 0))
    row.name, row.content, row.size_bytes = item.name, item.content, item.size_bytes
    if position is not None:
        row.position = _bounded(position)
    row.clean_fields(exclude={"library", "content"})
    row.save()
    _changed(place, library, by, "add" if is_new else "replace", row.name)
    return row, is_new


@transaction.atomic
def item_change(
    *, place: Place, key: UUID, name: str | None, position: float | None, by: Actor
) -> LibraryItem | None:
    """Renames an item, or moves it; None if there is none. Raises `ValidationError`."""
    library = _locked(place)
    row = library.items.filter(key=key).first()
    if row is None:
        return None
    before = (row.name, row.position)
    if name is not None:
        row.name = name.strip()
    if position is not None:
        row.position = _bounded(position)
    row.clean_fields(exclude={"library", "content"})
    if before != (row.name, row.position):
        row.save(update_fields=["name", "position", "updated_at"])
        _changed(place, library, by, "rename" if row.name != before[0] else "move", row.name)
    return row


@transaction.atomic
def item_delete(*, place: Place, key: UUID, by: Actor) -> Library:
    """Removes an item, and gives its library. One that is not there is no mistake: it may be gone
    already."""
    library = _locked(place)
    row = library.items.filter(key=key).defer("content").first()
    if row is not None:
        row.delete()
        _changed(place, library, by, "delete", row.name)
    return library


@transaction.atomic
def items_add(*, place: Place, items: Iterable[NewItem], by: Actor) -> int:
    """Adds all of them at the end, or none. Raises `QuotaError` when the library gets full."""
    library = _locked(place)
    count, size_bytes, first = 0, 0, _last(library) + 1
    held = _held(library)
    for item in items:
        count, size_bytes = count + 1, size_bytes + item.size_bytes
        _require(held[0] + count, held[1] + size_bytes)
        row = LibraryItem(library=library, key=uuid4(), position=first + count, name=item.name)
        row.content, row.size_bytes = item.content, item.size_bytes
        row.save(force_insert=True)
    if count:
        _changed(place, library, by, "import", count=count)
    return count


def _locked(place: Place) -> Library:
    """The library, made if need be.

    Raises `ValidationError` if its space was deleted meanwhile, and `PermissionDenied` or
    `Http404` if the right to change it was taken away.
    """
    if place.asked_by is not None:
        hold_person(place.asked_by.pk)
    if place.space is not None:
        locked_space(place.space)
    require_change(place)
    row, _ = Library.objects.get_or_create(kind=place.kind, owner=place.owner, space=place.space)
    return Library.objects.select_for_update(no_key=True).get(pk=row.pk)


def _changed(
    place: Place, library: Library, by: Actor, change: str, name: str = "", count: int = 1
) -> None:
    """What every change does: it counts the revision, tells pages, and leaves an audit row of a
    library that is not the actor's own."""
    library.revision += 1
    library.save(update_fields=["revision"])
    tell_on_commit(place)
    if not place.is_shared:
        return
    action, data = AuditAction.LIBRARY_UPDATE, {"change": change, "item": name, "count": count}
    if place.space is not None:
        space_record(action, place.space, by=by, data=data)
        return
    count_board_change(action, by, level="")
    audit_record(action=action, by=by, data={"library": place.key, **data})


def _last(library: Library) -> float:
    return float(library.items.aggregate(last=Max("position", default=0))["last"])


def _held(library: Library) -> tuple[int, int]:
    stored = library.items.aggregate(stored=Sum("size_bytes", default=0))["stored"]
    return library.items.count(), int(stored)


def _require_place(library: Library, new: int, new_bytes: int) -> None:
    count, size_bytes = _held(library)
    if new or new_bytes > 0:
        _require(count + new, size_bytes + new_bytes)


def _require(count: int, size_bytes: int) -> None:
    limit = settings.CANVAS_MAX_LIBRARY_ITEMS
    if count > limit:
        text = gettext("A library can have %(n)d items. Nothing was added.")
        raise QuotaError(text % {"n": limit}, status=429)
    limit = settings.CANVAS_MAX_LIBRARY_BYTES
    if size_bytes > limit:
        text = gettext("A library can have %(size)s. Nothing was added.")
        raise QuotaError(text % {"size": megabytes(limit)}, status=413)


def _bounded(position: float) -> float:
    if not math.isfinite(position) or abs(position) > MAX_POSITION:
        raise ValidationError({"position": gettext("This is no position.")})
    return position
