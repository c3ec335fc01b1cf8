"""What somebody owns, as the pages that end an account show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q

from boards.access.people import people_visible_to
from boards.models import Board, BoardPermission, Space
from boards.quotas.checks import STORED

LISTED = 100
"""So many boards, and so many spaces, are listed. The others follow what is chosen for all."""
OFFERED = 100
"""People who are offered while one types."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Boards and spaces of one person."""

    boards: list[Board]
    """Those that others use first, then the last active; at most `LISTED`. Each has `is_shared`
    and `stored`, in bytes."""
    spaces: list[Space]
    """By name; each has `board_count`."""
    board_count: int
    """Including the trash."""
    trashed_count: int
    space_count: int

    @property
    def is_empty(self) -> bool:
        return not self.board_count and not self.space_count

    @property
    def unlisted(self) -> int:
        return self.board_count - len(self.boards) + self.space_count - len(self.spaces)


def owned_by(user: User) -> Owned:
    """What a person owns now."""
    boards = Board.objects.filter(owner=user).select_related("space")
    shared = Exists(BoardPermission.objects.filter(board=OuterRef("pk"))) | Q(space__isnull=False)
    listed = boards.annotate(
        is_shared=shared, stored=STORED, in_trash=Q(deleted_at__isnull=False)
    ).order_by("in_trash", "-is_shared", "-last_activity_at", "title", "pk")
    spaces = Space.objects.filter(owner=user)
    counts = boards.aggregate(all=Count("pk"), trashed=Count("pk", filter=~Q(deleted_at=None)))
    return Owned(
        boards=list(listed[:LISTED]),
        spaces=list(spaces.annotate(board_count=Count("boards"))[:LISTED]),
        board_count=counts["all"],
        trashed_count=counts["trashed"],
        space_count=spaces.count(),
    )


def successors_offered(user: User) -> list[User]:
    """Whom they know here, to offer them while one types a username."""
    known = people_visible_to(user).exclude(pk=user.pk)
    return list(known.order_by("username")[:OFFERED])
