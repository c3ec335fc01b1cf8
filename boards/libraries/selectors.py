"""Which libraries somebody has, and which of them they may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import Http404
from django.utils.translation import gettext

from boards.access.spaces import LEVEL_OWNER, spaces_of
from boards.models import Library, Space
from boards.spaces.entry import seen_space

MINE, EVERYBODY = "mine", "everybody"
"""The names of two libraries in addresses. That of a space has the id of the space."""


@dataclass(frozen=True, slots=True)
class Place:
    """A library as one person has it, whether it holds something yet or not."""

    key: str
    kind: Library.Kind
    can_change: bool
    owner: User | None = None
    space: Space | None = None
    asked_by: User | None = None
    """Whose right to change it is looked at again once the library is locked."""

    @property
    def name(self) -> str:
        """What people call it; empty for those that are named by their kind."""
        return self.space.name if self.space else ""

    @property
    def is_shared(self) -> bool:
        return self.kind != Library.Kind.PERSON

    @property
    def condition(self) -> Q:
        """Finds its row."""
        return Q(kind=self.kind, owner=self.owner, space=self.space)


@dataclass(frozen=True, slots=True)
class Shown:
    """A library in a list."""

    place: Place
    revision: int
    items: int
    size_bytes: int


def libraries_of(user: User) -> list[Shown]:
    """Those that somebody sees: their own, those of their spaces by name, and everybody's."""
    spaces = spaces_of(user).select_related("owner")
    places = [
        _mine(user),
        *(_of_space(one, can_change=_level_in(one) == LEVEL_OWNER) for one in spaces),
        _of_everybody(user),
    ]
    rows = Library.objects.filter(
        Q(owner=user) | Q(space__in=spaces.order_by().values("pk")) | Q(kind=EVERYBODY)
    )
    counted = rows.annotate(count=Count("items"), stored=Sum("items__size_bytes", default=0))
    found = {(row.kind, row.space_id): row for row in counted}
    return [_shown(place, found) for place in places]


def seen_library(user: User, key: str) -> Place:
    """The library with this name in addresses. Raises `Http404` unless they see it."""
    if key == MINE:
        return _mine(user)
    if key == EVERYBODY:
        return _of_everybody(user)
    try:
        space, access = seen_space(user, UUID(key))
    except ValueError:
        raise Http404(gettext("There is no such library.")) from None
    return _of_space(space, can_change=access.can_manage)


def changed_library(user: User, key: str) -> Place:
    """The same for people who may change it. Raises `PermissionDenied` for others who see it."""
    place = seen_library(user, key)
    if not place.can_change:
        raise PermissionDenied(gettext("You may use this library, but not change it."))
    return replace(place, asked_by=user)


def require_change(place: Place) -> None:
    """Decides again, as accounts and spaces are now. Raises as `changed_library`."""
    if place.asked_by is not None:
        user = User.objects.filter(pk=place.asked_by.pk, is_active=True).first()
        if user is None:
            raise PermissionDenied(gettext("This account is deactivated."))
        changed_library(user, place.key)


def _mine(user: User) -> Place:
    return Place(MINE, Library.Kind.PERSON, can_change=True, owner=user)


def _of_everybody(user: User) -> Place:
    return Place(EVERYBODY, Library.Kind.EVERYBODY, can_change=user.is_superuser)


def _of_space(space: Space, *, can_change: bool) -> Place:
    return Place(str(space.pk), Library.Kind.SPACE, can_change=can_change, space=space)


def _level_in(space: Space) -> str:
    return str(getattr(space, "user_level", ""))


def _shown(place: Place, found: Mapping[tuple[str, UUID | None], Library]) -> Shown:
    row = found.get((place.kind, place.space.pk if place.space else None))
    if row is None:
        return Shown(place, 0, 0, 0)
    return Shown(place, row.revision, int(vars(row)["count"]), int(vars(row)["stored"]))
