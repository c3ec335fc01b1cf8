"""Decides what someone may do in a space itself. What they may do on its boards, `resolve` does."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import (
    Case,
    CharField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from boards.access.subjects import given_to
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Space, SpacePermission

LEVEL_OWNER = "owner"
RANK_OF_LEVEL = [When(level=level.label, then=Value(int(level))) for level in GRANTABLE_LEVELS]


@dataclass(frozen=True, slots=True)
class SpaceAccess:
    """What one person may do in one space."""

    level: AccessLevel
    """Their level on its boards."""
    is_owner: bool = False
    is_staff: bool = False

    @property
    def can_see(self) -> bool:
        """See the space, its folders, and its boards."""
        return self.level >= AccessLevel.VIEW

    @property
    def can_edit(self) -> bool:
        """Put boards into it, and sort them into folders."""
        return self.level >= AccessLevel.EDIT

    @property
    def can_manage(self) -> bool:
        """Rename and delete it, change its members, and take boards out: owners, superusers."""
        return self.is_owner or self.is_staff


NO_ACCESS = SpaceAccess(AccessLevel.NONE)


def resolve_space_access(space: Space, user: User | AnonymousUser | None) -> SpaceAccess:
    """What `user` may do in `space`. One query at most."""
    if not isinstance(user, User) or not user.is_active:
        return NO_ACCESS
    if user.pk == space.owner_id:
        return SpaceAccess(AccessLevel.EDIT, is_owner=True)
    if user.is_superuser:
        return SpaceAccess(AccessLevel.EDIT, is_staff=True)
    given = SpacePermission.objects.filter(given_to(user), space=space)
    levels = [AccessLevel.parse(level) for level in given.values_list("level", flat=True)]
    return SpaceAccess(max(levels, default=AccessLevel.NONE))


def spaces_of(user: User | AnonymousUser) -> QuerySet[Space]:
    """Spaces the user owns or is a member of, also through a group, by name.

    Each has `user_level` (`owner`, `edit`, `comment` or `view`). Those of others are not listed,
    also not for superusers.
    """
    if not isinstance(user, User):
        return Space.objects.none()
    best = (
        SpacePermission.objects.filter(given_to(user), space=OuterRef("pk"))
        .annotate(rank=Case(*RANK_OF_LEVEL, output_field=IntegerField()))
        .order_by("-rank")
        .values("level")[:1]
    )
    return (
        Space.objects.filter(Q(owner=user) | Q(pk__in=space_ids_given(user)))
        .annotate(
            given_level=Subquery(best),
            user_level=Case(
                When(owner=user, then=Value(LEVEL_OWNER)),
                default=F("given_level"),
                output_field=CharField(),
            ),
        )
        .order_by("name", "pk")
    )


def spaces_open_to(user: User) -> QuerySet[Space]:
    """Spaces that `resolve_space_access` lets someone see: superusers all of them."""
    if not user.is_active:
        return Space.objects.none()
    return Space.objects.all() if user.is_superuser else spaces_of(user)


def space_ids_given(user: User) -> QuerySet[SpacePermission, object]:
    """The ids of spaces that someone is a member of, to filter by."""
    return SpacePermission.objects.filter(given_to(user)).values("space")
