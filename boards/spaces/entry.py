"""Finds the space of a request, and refuses. Pages and REST share it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext

from boards.access.spaces import SpaceAccess, resolve_space_access
from boards.models import Folder, Space


def seen_space(user: User | AnonymousUser | None, space_id: UUID) -> tuple[Space, SpaceAccess]:
    """The space, for its members, and what they may do. Others get 404."""
    space = Space.objects.select_related("owner").filter(pk=space_id).first()
    access = resolve_space_access(space or Space(pk=space_id), user)
    if space is None or not access.can_see:
        raise Http404(gettext("There is no such space, or you are not in it."))
    return space, access


def edited_space(user: User | AnonymousUser | None, space_id: UUID) -> Space:
    """The space, for people who may put boards into it. Raises `PermissionDenied` for others."""
    space, access = seen_space(user, space_id)
    if not access.can_edit:
        raise PermissionDenied(gettext("You may not change this space."))
    return space


def managed_space(user: User | AnonymousUser | None, space_id: UUID) -> Space:
    """The space, for its owner (or staff). Raises `PermissionDenied` for other members."""
    space, access = seen_space(user, space_id)
    if not access.can_manage:
        raise PermissionDenied(gettext("Only the owner of this space can do this."))
    return space


def folder_of(space: Space, folder_id: UUID) -> Folder:
    folder = Folder.objects.select_related("space", "parent").filter(pk=folder_id, space=space)
    found = folder.first()
    if found is None:
        raise Http404(gettext("This space has no such folder."))
    return found
