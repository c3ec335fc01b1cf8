"""Creates spaces, renames them, gives them away and deletes them.

Each service is one transaction. `boards.access.spaces` has already decided who may call it. Invalid
input raises `ValidationError` with field names.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.actor import Actor
from boards.levels import AccessLevel
from boards.models import Board, Space, SpacePermission
from boards.quotas.checks import require_place_for_space
from boards.spaces.writing import locked_space, space_access_changed, space_record


@transaction.atomic
def space_create(*, owner: User, name: str, by: Actor) -> Space:
    """Create an empty space. Raises `QuotaError` if the owner has as many as they may."""
    space = Space(owner=owner, name=name.strip())
    space.full_clean()
    require_place_for_space(owner)
    space.save(force_insert=True)
    data = {} if by.user == owner else {"owner": owner.get_username()}
    space_record(AuditAction.SPACE_CREATE, space, by=by, data=data)
    return space


@transaction.atomic
def space_rename(*, space: Space, name: str, by: Actor) -> Space:
    """Rename a space. The same name again writes nothing."""
    current = locked_space(space)
    old, current.name = current.name, name.strip()
    current.clean_fields(exclude={"owner"})
    if current.name != old:
        current.save(update_fields=["name", "updated_at"])
        data = {"field": "name", "old": old, "new": current.name}
        space_record(AuditAction.SPACE_UPDATE, current, by=by, data=data)
    space.refresh_from_db()
    return space


@transaction.atomic
def space_transfer(*, space: Space, new_owner: User, by: Actor, stays_member: bool = True) -> Space:
    """Make someone else the owner; the old owner stays as a member who may edit, unless they go.

    Boards keep their owners. Raises `QuotaError` if the new owner has as many spaces as they may.
    """
    if not new_owner.is_active:
        text = gettext("The account of %(user)s is deactivated.")
        raise ValidationError({"user": text % {"user": new_owner.get_username()}})
    if new_owner.pk != space.owner_id:
        require_place_for_space(new_owner)
    current = locked_space(space)
    old_owner = current.owner
    if new_owner == old_owner:
        text = gettext("%(user)s already owns this space.")
        raise ValidationError({"user": text % {"user": new_owner.get_username()}})
    current.permissions.filter(user=new_owner).delete()
    current.owner = new_owner
    current.save(update_fields=["owner", "updated_at"])
    if stays_member:
        SpacePermission.objects.create(
            space=current, user=old_owner, level=AccessLevel.EDIT.label, granted_by=by.user
        )
    space_access_changed(current, lets_in=True)
    names = {"old_owner": old_owner.get_username(), "new_owner": new_owner.get_username()}
    space_record(
        AuditAction.OWNERSHIP_TRANSFER,
        current,
        by=by,
        target_user=new_owner,
        level="owner",
        data=names,
        is_limited=stays_member,
    )
    space.refresh_from_db()
    return space


@transaction.atomic
def space_delete(*, space: Space, by: Actor) -> int:
    """Delete a space and its folders; returns how many boards were in it.

    No board is lost: each stays with its owner, with its own permissions, outside of any space.
    What the space gave ends.
    """
    current = locked_space(space)
    boards = Board.objects.filter(space=current)
    space_access_changed(current)
    count = boards.update(space=None, folder=None)
    space_record(AuditAction.SPACE_DELETE, current, by=by, data={"boards": count})
    current.delete()
    return count
