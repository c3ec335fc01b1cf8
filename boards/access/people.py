"""Whom someone may see by name: the people of boards on which they may comment.

Two ways find the first of them who have a name. For people with few boards, everyone on these
boards is known soon, and how many others have such a name costs nothing. For people with many
boards, those who have the name are asked one by one whether there is a board in common, which is
found soon.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from boards.access.selectors import boards_at, levels_from
from boards.access.subjects import people_given
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, Space, SpacePermission

FEW_BOARDS = 1_000
"""Of so many boards, everyone on them is found."""
NAMED_LIKE = 300
"""With more boards: of more people with such a name, the first are looked at."""
_NAMED_LIKE_FIRST = 40
"""Nearly always enough: then no more are asked."""
_BY_NAME = ("first_name", "last_name", "username")


def people_visible_to(user: User) -> QuerySet[User]:
    """Active people whom the user may see by name: those of the boards that they own or were given
    to comment on or edit, as `people_of` has them. The user is one of them."""
    ids = boards_at(user, AccessLevel.COMMENT).values("pk")
    given = people_given(BoardPermission.objects.filter(board__in=ids))
    spaces = Space.objects.filter(boards__in=ids).values("pk")
    given |= people_given(SpacePermission.objects.filter(space__in=spaces))
    owns = Q(pk__in=Board.objects.filter(pk__in=ids).values("owner"))
    owns |= Q(pk__in=Space.objects.filter(pk__in=spaces).values("owner"))
    return User.objects.filter(owns | given, is_active=True).distinct()


def people_named(user: User, is_named: Q, limit: int) -> list[User]:
    """The first people by name, other than the user, who are in `people_visible_to` and match
    `is_named`. If the user sees more than `FEW_BOARDS`, the first `NAMED_LIKE` who match are looked
    at."""
    named = User.objects.filter(is_named, is_active=True).exclude(pk=user.pk).order_by(*_BY_NAME)
    ids = list(named.values_list("pk", flat=True)[:NAMED_LIKE])
    if not ids:
        return []
    boards = boards_at(user, AccessLevel.COMMENT).order_by()
    places = list(boards.values_list("pk", "owner_id", "space_id")[: FEW_BOARDS + 1])
    if len(places) <= FEW_BOARDS:
        return list(named.filter(_is_on(places))[:limit])
    common = _InCommon(user)
    found: list[User] = []
    for some in (ids[:_NAMED_LIKE_FIRST], ids[_NAMED_LIKE_FIRST:]):
        if some and len(found) < limit:
            seen = common.among(some).order_by(*_BY_NAME)
            found += seen[: limit - len(found)]
    return found


def _is_on(places: Collection[tuple[UUID, int, UUID | None]]) -> Q:
    """Filters users to those of these boards: their ids, owners and spaces."""
    owners = {owner_id for _, owner_id, _ in places}
    spaces = {space_id for _, _, space_id in places if space_id is not None}
    given = BoardPermission.objects.filter(board__in=[board_id for board_id, _, _ in places])
    rows = set(given.values_list("user_id", "group_id").distinct())
    if spaces:
        members = SpacePermission.objects.filter(space__in=spaces)
        rows.update(members.values_list("user_id", "group_id"))
        owners |= set(Space.objects.filter(pk__in=spaces).values_list("owner_id", flat=True))
    people = owners | {user_id for user_id, _ in rows if user_id is not None}
    groups = {group_id for _, group_id in rows if group_id is not None}
    return Q(pk__in=people) | _is_in(groups) if groups else Q(pk__in=people)


def _is_in(groups: Collection[int]) -> Q:
    return Q(pk__in=User.groups.through.objects.filter(group__in=groups).values("user"))


class _InCommon:
    """Finds those with whom the user has a board on which the user may comment.

    For each of them, their groups and spaces, one such board is looked for by keys, so it hardly
    counts how many boards there are.
    """

    def __init__(self, user: User) -> None:
        levels = levels_from(AccessLevel.COMMENT)
        groups = list(user.groups.values_list("pk", flat=True))
        about = Q(user=user) | Q(group__in=groups)
        members = SpacePermission.objects.filter(about, level__in=levels)
        spaces = Space.objects.filter(Q(owner=user) | Q(pk__in=members.values("space")))
        given = BoardPermission.objects.filter(about, board=OuterRef("pk"), level__in=levels)
        self._boards = Board.objects.filter(
            Q(owner=user) | Q(space__in=list(spaces.values_list("pk", flat=True))) | Exists(given),
            deleted_at=None,
        )

    def among(self, ids: Collection[int]) -> QuerySet[User]:
        """Those of a few people."""
        person = OuterRef("pk")
        is_seen = (
            self._any(owner=person)
            | self._any(permissions__user=person)
            | self._any(space__permissions__user=person)
            | self._any(space__owner=person)
        )
        memberships = User.groups.through.objects.filter(user__in=ids)
        groups = set(memberships.values_list("group_id", flat=True))
        if groups:
            is_seen |= _is_in(self._groups_among(groups))
        return User.objects.filter(is_seen, pk__in=ids, is_active=True)

    def _groups_among(self, ids: Collection[int]) -> list[int]:
        group = OuterRef("pk")
        has_one = self._any(permissions__group=group) | self._any(space__permissions__group=group)
        return list(Group.objects.filter(has_one, pk__in=ids).values_list("pk", flat=True))

    def _any(self, **conditions: OuterRef) -> Exists:
        return Exists(self._boards.filter(**conditions))
