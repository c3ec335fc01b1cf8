"""Which boards a change of an account concerns."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from boards.access.spaces import space_ids_given
from boards.access.subjects import given_to
from boards.models import Board, LiveConnection


def boards_of(user: User) -> QuerySet[Board]:
    """Boards the user owns or was given, also through a group or a space."""
    spaces = Q(space__in=space_ids_given(user)) | Q(space__owner=user)
    return Board.objects.filter(Q(owner=user) | given_to(user, "permissions__") | spaces)


def boards_opened_by(user_id: int) -> QuerySet[Board]:
    """Boards on which a user has a socket open, in any process."""
    opened = LiveConnection.objects.filter(user_id=user_id)
    return Board.objects.filter(pk__in=opened.values("board_id"))
