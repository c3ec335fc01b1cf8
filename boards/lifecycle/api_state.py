"""REST views that lock and copy a board."""

from __future__ import annotations

import time
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import (
    actor_of,
    managed_board,
    require_creating,
    signed_in,
    visible_board,
)
from boards.api.responses import (
    BUSY_RESPONSE,
    NOT_FOUND_RESPONSE,
    NOT_MANAGED,
    QUOTA_RESPONSES,
)
from boards.api.throttles import BoardCreateThrottle
from boards.lifecycle.copies import board_duplicate
from boards.lifecycle.lock import board_lock, board_unlock
from boards.lifecycle.serializers import BoardSerializer, DuplicateSerializer
from boards.limits.expensive import LOOK_AGAIN_SECONDS, count_expensive, expensive_work, who_asks


class BoardLockView(CanvasView):
    """The lock of a board: while it is locked, everyone except its owner may only look and
    comment."""

    @extend_schema(
        operation_id="boards_lock",
        request=None,
        responses={200: BoardSerializer, **NOT_MANAGED},
    )
    def put(self, request: Request, board_id: UUID) -> Response:
        """Lock it."""
        board = managed_board(request, board_id)
        board_lock(board=board, by=actor_of(request))
        return Response(BoardSerializer(board, context={"request": request}).data)

    @extend_schema(operation_id="boards_unlock", responses={204: None, **NOT_MANAGED})
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Unlock it."""
        board_unlock(board=managed_board(request, board_id), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BoardDuplicateView(CanvasView):
    """A copy of a board."""

    throttle_classes = (BoardCreateThrottle,)

    @extend_schema(
        operation_id="boards_duplicate",
        request=DuplicateSerializer,
        responses={
            201: BoardSerializer,
            404: NOT_FOUND_RESPONSE,
            **QUOTA_RESPONSES,
            503: BUSY_RESPONSE,
        },
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Make a private copy of a board you can see: its drawing and images, without its
        permissions."""
        board, _ = visible_board(request, board_id)
        require_creating(request)
        values = validated(DuplicateSerializer(data=request.data))
        by = actor_of(request)
        who = who_asks(request._request, request.user)
        count_expensive(who)
        started = time.monotonic()
        with model_errors_as_400(), expensive_work(who):
            if time.monotonic() - started > LOOK_AGAIN_SECONDS:
                board, _ = visible_board(request, board_id)
            copy = board_duplicate(
                board=board,
                owner=signed_in(request),
                title=values.get("title", ""),
                by=by,
            )
        data = BoardSerializer(copy, context={"request": request}).data
        return Response(data, status=status.HTTP_201_CREATED)
