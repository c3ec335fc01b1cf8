"""Who may do what on a board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400
from boards.api.permissions import managed_board
from boards.api.serializers import PermissionLevelSerializer, PermissionSerializer
from boards.api.views_boards import NOT_FOUND_RESPONSE, NOT_MANAGER_RESPONSE
from boards.levels import AccessLevel
from boards.models import BoardPermission
from boards.selectors import permissions_of
from boards.services import permission_grant, permission_revoke, public_access_set

REFUSALS = {403: NOT_MANAGER_RESPONSE, 404: NOT_FOUND_RESPONSE}


class PermissionsView(CanvasView):
    """The permission rows of one board; ``user`` null is the public link."""

    @extend_schema(
        operation_id="permissions_list",
        responses={200: PermissionSerializer(many=True), **REFUSALS},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List them; the owner has none and is not listed."""
        rows = permissions_of(managed_board(request, board_id))
        return Response(PermissionSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="permissions_grant",
        request=PermissionSerializer,
        responses={200: PermissionSerializer, 201: PermissionSerializer, **REFUSALS},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Give a level, or change the one that is there."""
        board = managed_board(request, board_id)
        values = _validated(PermissionSerializer(data=request.data))
        level, user = AccessLevel.parse(values["level"]), values["user"]
        subject = {"is_public": True} if user is None else {"user": user}
        is_new = not board.permissions.filter(**subject).exists()
        with model_errors_as_400():
            if user is None:
                row = public_access_set(board=board, level=level, **self.written_by(request))
            else:
                row = permission_grant(
                    board=board, user=user, level=level, **self.written_by(request)
                )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(PermissionSerializer(row).data, status=code)


class PermissionView(CanvasView):
    """One permission row."""

    @extend_schema(
        operation_id="permissions_read", responses={200: PermissionSerializer, **REFUSALS}
    )
    def get(self, request: Request, board_id: UUID, permission_id: int) -> Response:
        """Read it."""
        return Response(PermissionSerializer(self._row(request, board_id, permission_id)).data)

    @extend_schema(
        operation_id="permissions_change",
        request=PermissionLevelSerializer,
        responses={200: PermissionSerializer, **REFUSALS},
    )
    def patch(self, request: Request, board_id: UUID, permission_id: int) -> Response:
        """Change its level."""
        row = self._row(request, board_id, permission_id)
        values = _validated(PermissionLevelSerializer(data=request.data))
        level, how = AccessLevel.parse(values["level"]), self.written_by(request)
        changed: BoardPermission | None
        with model_errors_as_400():
            if row.user is None:
                changed = public_access_set(board=row.board, level=level, **how)
            else:
                changed = permission_grant(board=row.board, user=row.user, level=level, **how)
        return Response(PermissionSerializer(changed).data)

    @extend_schema(operation_id="permissions_revoke", responses={204: None, **REFUSALS})
    def delete(self, request: Request, board_id: UUID, permission_id: int) -> Response:
        """Take it away; of the public row: switch the public link off."""
        row = self._row(request, board_id, permission_id)
        if row.user is None:
            public_access_set(board=row.board, level=None, **self.written_by(request))
        else:
            permission_revoke(board=row.board, user=row.user, **self.written_by(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _row(self, request: Request, board_id: UUID, permission_id: int) -> BoardPermission:
        board = managed_board(request, board_id)
        row = board.permissions.select_related("user", "board").filter(pk=permission_id).first()
        if row is None:
            raise NotFound("This board has no such permission.")
        return row


def _validated(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
