"""Which boards someone sees, and who may do what on one."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from boards.access.scopes import ScopeLevel, Scopes
from boards.access.spaces import LEVEL_OWNER
from boards.access.subjects import given_to, people_given
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Board, BoardPermission, BoardStar, Space, SpacePermission


def boards_visible_to(user: User | AnonymousUser, scopes: Scopes | None = None) -> QuerySet[Board]:
    """Boards the user owns, was given, also through a group, or finds in one of their spaces, that
    are not in the trash; the last active first.

    Each has `user_level` (`owner`, `edit`, `comment` or `view`), `active_at`, `is_starred`, and
    `is_given`: whether they were given it themselves, and so can leave it.
    Boards that are only public, or reachable only as a superuser, are not listed. With the `scopes`
    of a token only those that it may read are.
    """
    if not isinstance(user, User):
        return Board.objects.none()
    levels = [(level, _at_level(user, level)) for level in reversed(GRANTABLE_LEVELS)]
    return (
        boards_at(user, AccessLevel.VIEW)
        .filter(_within(scopes, ScopeLevel.READ))
        .annotate(
            user_level=Case(
                When(owner=user, then=Value(LEVEL_OWNER)),
                *(When(is_at_level, then=Value(level.label)) for level, is_at_level in levels),
                output_field=CharField(),
            ),
            active_at=Coalesce("last_activity_at", "created_at"),
            is_given=_is_in(BoardPermission.objects.filter(user=user)),
            is_starred=_is_in(BoardStar.objects.filter(user=user)),
        )
        .select_related("owner", "space")
        .order_by("-active_at", "pk")
    )


def board_ids_visible_to(user: User) -> QuerySet[Board, object]:
    """The ids of the boards in `boards_visible_to`, to filter by. Its other columns would be copied
    with each use in a query, which takes longer than the query."""
    return boards_at(user, AccessLevel.VIEW).values("pk")


def boards_at(user: User, level: AccessLevel) -> QuerySet[Board]:
    """Boards that are not in the trash and that the user has at this level or a higher one."""
    given = BoardPermission.objects.filter(given_to(user), level__in=levels_from(level))
    members = SpacePermission.objects.filter(given_to(user), level__in=levels_from(level))
    return Board.objects.filter(
        Q(owner=user)
        | Q(pk__in=given.values("board"))
        | Q(space__in=members.values("space"))
        | Q(space__in=_own_spaces(user)),
        deleted_at=None,
    )


def levels_from(level: AccessLevel) -> list[str]:
    """This level and the higher ones that can be given, as permissions have them."""
    return [one.label for one in GRANTABLE_LEVELS if one >= level]


def _at_level(user: User, level: AccessLevel) -> Q:
    """Boards that the user was given at this level, or finds in a space at this level.

    The subqueries name no column of the board, so databases read each of them once.
    """
    given = BoardPermission.objects.filter(given_to(user), level=level.label)
    members = SpacePermission.objects.filter(given_to(user), level=level.label)
    found = Q(pk__in=given.values("board")) | Q(space__in=members.values("space"))
    if level is AccessLevel.EDIT:
        found |= Q(space__in=_own_spaces(user))
    return found


def _own_spaces(user: User) -> QuerySet[Space, object]:
    return Space.objects.filter(owner=user).values("pk")


def _is_in(rows: QuerySet[BoardPermission] | QuerySet[BoardStar]) -> Case:
    is_it = When(pk__in=rows.values("board"), then=Value(True))
    return Case(is_it, default=Value(False), output_field=BooleanField())


def boards_given(user: User) -> QuerySet[BoardPermission, object]:
    """The ids of boards that someone was given themselves or through a group, to filter by."""
    return BoardPermission.objects.filter(given_to(user)).values("board")


def boards_in_trash(user: User | AnonymousUser, scopes: Scopes | None = None) -> QuerySet[Board]:
    """The user's own boards in the trash, the last deleted first.

    With the `scopes` of a token only those that it may manage.
    """
    if not isinstance(user, User):
        return Board.objects.none()
    within = _within(scopes, ScopeLevel.MANAGE)
    trashed = Board.objects.filter(within, owner=user, deleted_at__isnull=False)
    return trashed.select_related("owner").order_by("-deleted_at", "pk")


def _within(scopes: Scopes | None, level: ScopeLevel) -> Q:
    return Q() if scopes is None else scopes.boards_at(level)


def people_of(board: Board) -> QuerySet[User]:
    """Active people who were given the board: its owner, everyone with a permission, also through
    a group, and the people of its space.

    People with a link and superusers are left out: a board must not reveal accounts.
    """
    given = people_given(board.permissions.all())
    if board.space_id is not None:
        members = people_given(SpacePermission.objects.filter(space=board.space_id))
        given |= members | Q(pk__in=Space.objects.filter(pk=board.space_id).values("owner"))
    return User.objects.filter(Q(pk=board.owner_id) | given, is_active=True).distinct()


def permissions_of(board: Board) -> QuerySet[BoardPermission]:
    """The board's rows: the public one first, then groups, then users, by name."""
    rows = board.permissions.select_related("user__service_account", "user__profile", "group")
    kind = Case(When(group__isnull=False, then=Value(0)), default=Value(1))
    return rows.order_by("-is_public", kind, "group__name", "user__username")


def inherited_by(board: Board) -> QuerySet[SpacePermission]:
    """What the board's space gives, besides to its owner: groups, then users, by name."""
    rows = SpacePermission.objects.filter(space__boards=board).select_related(
        "user__service_account", "user__profile", "group"
    )
    kind = Case(When(group__isnull=False, then=Value(0)), default=Value(1))
    return rows.order_by(kind, "group__name", "user__username")
