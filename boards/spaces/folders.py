"""Folders of a space: they sort boards and give nobody anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.actor import Actor
from boards.models import Board, Folder, Space
from boards.quotas.checks import require_place_for_folder
from boards.spaces.writing import locked_space, space_record


@dataclass(frozen=True, slots=True)
class FolderTree:
    """All folders of a space: one query, bounded by the quota."""

    by_id: dict[UUID, Folder]
    children: dict[UUID | None, list[Folder]] = field(default_factory=dict)

    @classmethod
    def of(cls, space: Space) -> FolderTree:
        tree = cls({})
        for folder in space.folders.order_by("name", "pk"):
            tree.add(folder)
        return tree

    def add(self, folder: Folder) -> None:
        self.by_id[folder.pk] = folder
        self.children.setdefault(folder.parent_id, []).append(folder)

    def path_of(self, folder: Folder) -> list[Folder]:
        """From the outermost folder to this one."""
        path = [folder]
        while (parent_id := path[0].parent_id) is not None and len(path) <= len(self.by_id):
            path.insert(0, self.by_id[parent_id])
        return path

    def in_order(self) -> Iterable[tuple[int, Folder]]:
        """Each folder before those in it, with its depth, from 0."""
        waiting = [(0, folder) for folder in reversed(self.children.get(None, []))]
        while waiting:
            depth, folder = waiting.pop()
            yield depth, folder
            inside = reversed(self.children.get(folder.pk, []))
            waiting += [(depth + 1, one) for one in inside]

    def height_of(self, folder: Folder) -> int:
        """How many levels there are, with the folder itself."""
        inside = self.children.get(folder.pk, [])
        return 1 + max((self.height_of(one) for one in inside), default=0)


@transaction.atomic
def folder_create(*, space: Space, name: str, parent: Folder | None, by: Actor) -> Folder:
    """Create a folder. Raises `QuotaError` if the space has as many, or as deep ones, as it may."""
    current = locked_space(space)
    folder = Folder(space=current, parent=parent, name=name.strip())
    folder.full_clean()
    tree = FolderTree.of(current)
    depth = len(tree.path_of(_known(tree, parent))) if parent is not None else 0
    require_place_for_folder(len(tree.by_id), depth + 1)
    folder.save(force_insert=True)
    _record(folder, by, old="", new=folder.name)
    return folder


@transaction.atomic
def folder_rename(*, folder: Folder, name: str, by: Actor) -> Folder:
    """Rename a folder. The same name again writes nothing."""
    locked_space(folder.space)
    current = Folder.objects.get(pk=folder.pk)
    old, current.name = current.name, name.strip()
    current.clean_fields()
    if current.name != old:
        current.save(update_fields=["name"])
        _record(current, by, old=old, new=current.name)
    folder.refresh_from_db()
    return folder


@transaction.atomic
def folder_move(*, folder: Folder, parent: Folder | None, by: Actor) -> Folder:
    """Move a folder, with everything in it, into another one or to the top of its space."""
    tree = FolderTree.of(locked_space(folder.space))
    current = _known(tree, folder)
    if current.parent_id != (parent.pk if parent else None):
        above = tree.path_of(_known(tree, parent)) if parent is not None else []
        if current in above:
            raise ValidationError({"parent": gettext("A folder can't be inside itself.")})
        require_place_for_folder(None, len(above) + tree.height_of(current))
        old = tree.by_id[current.parent_id].name if current.parent_id else ""
        current.parent = parent
        current.save(update_fields=["parent"])
        data = {"operation": "move", "old_parent": old, "new_parent": parent.name if parent else ""}
        _record(current, by, old=current.name, new=current.name, **data)
    folder.refresh_from_db()
    return folder


@transaction.atomic
def folder_delete(*, folder: Folder, by: Actor) -> None:
    """Delete a folder. What is in it moves one folder up."""
    locked_space(folder.space)
    Folder.objects.filter(parent=folder).update(parent=folder.parent_id)
    Board.objects.filter(folder=folder).update(folder=folder.parent_id)
    _record(folder, by, old=folder.name, new="")
    folder.delete()


def _known(tree: FolderTree, folder: Folder) -> Folder:
    """The current row. Raises `ValidationError` if it is not in this space any more."""
    if folder.pk not in tree.by_id:
        raise ValidationError(gettext("This folder was deleted. Reload the page."))
    return tree.by_id[folder.pk]


def _record(folder: Folder, by: Actor, **data: str) -> None:
    data = {"field": "folder", "folder_id": str(folder.pk), **data}
    space_record(AuditAction.SPACE_UPDATE, folder.space, by=by, data=data)
