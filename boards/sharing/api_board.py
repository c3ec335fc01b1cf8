"""Handing a board over, and leaving it, by REST."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import (
    actor_of,
    managed_board,
    require_person,
    signed_in,
    visible_board,
)
from boards.api.problems import ProblemSerializer
from boards.api.responses import (
    NOT_FOUND_RESPONSE,
    NOT_MANAGED,
    QUOTA_RESPONSES,
)
from boards.lifecycle.serializers import BoardSerializer
from boards.sharing.permissions import board_leave
from boards.sharing.serializers import TransferSerializer
from boards.sharing.transfer import board_transfer


class BoardTransferView(CanvasView):
    """Who owns the board."""

    @extend_schema(
        operation_id="boards_transfer",
        request=TransferSerializer,
        responses={200: BoardSerializer, **NOT_MANAGED, **QUOTA_RESPONSES},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Make somebody else the owner. You stay and may edit."""
        board = managed_board(request, board_id)
        values = validated(TransferSerializer(data=request.data))
        with model_errors_as_400():
            board_transfer(board=board, new_owner=values["user"], by=actor_of(request))
        return Response(BoardSerializer(board, context={"request": request}).data)


class BoardLeaveView(CanvasView):
    """A board that was shared with you."""

    @extend_schema(
        operation_id="boards_leave",
        request=None,
        responses={
            204: None,
            400: OpenApiResponse(ProblemSerializer, "You were not given this board yourself."),
            404: NOT_FOUND_RESPONSE,
        },
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Give up your own level on it."""
        require_person(request)
        board, _ = visible_board(request, board_id)
        with model_errors_as_400():
            board_leave(board=board, user=signed_in(request), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
