"""Which boards someone sees, and who may do what on one."""

from __future__ import annotations

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
from django.db.models.functions import Coalesce

from boards.access.subjects import given_to, people_given
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Board, BoardPermission

LEVEL_OWNER = "owner"
_RANK_OF_LEVEL = [When(level=level.label, then=Value(int(level))) for level in GRANTABLE_LEVELS]


def boards_visible_to(user: User | AnonymousUser) -> QuerySet[Board]:
    """Boards the user owns or was given, also through a group, that are not in the trash; the last
    active first.

    Each has `user_level` (`owner`, `edit`, `comment` or `view`) and `active_at`. Boards that are
    only public, or reachable only as a superuser, are not listed.
    """
    if not isinstance(user, User):
        return Board.objects.none()
    given = BoardPermission.objects.filter(given_to(user))
    own_level = (
        given.filter(board=OuterRef("pk"))
        .annotate(rank=Case(*_RANK_OF_LEVEL, output_field=IntegerField()))
        .order_by("-rank")
        .values("level")[:1]
    )
    return (
        # Without the level, so that a subquery of the boards alone need not look for it.
        Board.objects.filter(Q(owner=user) | Q(pk__in=given.values("board")), deleted_at=None)
        .annotate(granted_level=Subquery(own_level))
        .annotate(
            user_level=Case(
                When(owner=user, then=Value(LEVEL_OWNER)),
                default=F("granted_level"),
                output_field=CharField(),
            ),
            active_at=Coalesce("last_activity_at", "created_at"),
        )
        .select_related("owner")
        .order_by("-active_at", "pk")
    )


def boards_in_trash(user: User | AnonymousUser) -> QuerySet[Board]:
    """The user's own boards in the trash, the last deleted first."""
    if not isinstance(user, User):
        return Board.objects.none()
    trashed = Board.objects.filter(owner=user, deleted_at__isnull=False)
    return trashed.select_related("owner").order_by("-deleted_at", "pk")


def people_of(board: Board) -> QuerySet[User]:
    """Active people who were given the board: its owner, and everyone with a permission, also
    through a group.

    People with a link and superusers are left out: a board must not reveal accounts.
    """
    given = people_given(board.permissions.all())
    return User.objects.filter(Q(pk=board.owner_id) | given, is_active=True).distinct()


def people_visible_to(user: User) -> QuerySet[User]:
    """Active people whom the user may see by name: those of the boards that they own or were given
    to comment on or edit, as `people_of` has them. The user is one of them."""
    boards = boards_visible_to(user).exclude(Q(user_level=AccessLevel.VIEW.label)).order_by()
    ids = boards.values("pk")
    given = people_given(BoardPermission.objects.filter(board__in=ids))
    owns = Q(pk__in=Board.objects.filter(pk__in=ids).values("owner"))
    return User.objects.filter(owns | given, is_active=True).distinct()


def permissions_of(board: Board) -> QuerySet[BoardPermission]:
    """The board's rows: the public one first, then groups, then users, by name."""
    rows = board.permissions.select_related("user", "group")
    kind = Case(When(group__isnull=False, then=Value(0)), default=Value(1))
    return rows.order_by("-is_public", kind, "group__name", "user__username")
