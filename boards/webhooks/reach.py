"""Of which boards a webhook is told: those that its person owns, and those in spaces they own.

Whoever manages a board decides what leaves it. People with whom it is only shared have the bell.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from boards.access.resolve import resolve_access
from boards.models import Board, Space, Webhook


def boards_told_to(owner: User) -> QuerySet[Board]:
    """The boards of which this person's webhooks are told, without the trash."""
    spaces = Space.objects.filter(owner=owner).values("pk")
    return Board.objects.filter(Q(owner=owner) | Q(space__in=spaces), deleted_at=None)


def webhooks_told_of(board: Board) -> QuerySet[Webhook]:
    """The webhooks that are told of a board, and are on."""
    space_owners = Space.objects.filter(pk__in=[board.space_id]).values("owner")
    about = Q(owner_id=board.owner_id) | Q(owner__in=space_owners)
    return Webhook.objects.filter(about, disabled_at=None, owner__is_active=True)


def is_told_of(owner: User, board_id: UUID) -> bool:
    """Whether a person's webhooks may still be told of a board, right before one is."""
    board = boards_told_to(owner).filter(pk=board_id).first()
    return board is not None and resolve_access(board, user=owner).can_view
