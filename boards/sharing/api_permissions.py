"""Who may do what on a board."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from boards.access.selectors import permissions_of
from boards.access.subjects import Subject
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import actor_of, managed_board
from boards.api.responses import NOT_MANAGED
from boards.levels import AccessLevel
from boards.models import BoardPermission
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.sharing.serializers import PermissionLevelSerializer, PermissionSerializer


class PermissionsView(CanvasView):
    """The permission rows of one board; `user` null is the public link."""

    @extend_schema(
        operation_id="permissions_list",
        responses={200: PermissionSerializer(many=True), **NOT_MANAGED},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List them; the owner has none and is not listed."""
        rows = permissions_of(managed_board(request, board_id))
        return Response(PermissionSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="permissions_grant",
        request=PermissionSerializer,
        responses={200: PermissionSerializer, 201: PermissionSerializer, **NOT_MANAGED},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Give a level, or change the one that is there."""
        board = managed_board(request, board_id)
        values = validated(PermissionSerializer(data=request.data))
        subject = Subject(values.get("user"), values.get("group"))
        is_new = not board.permissions.filter(**subject.columns).exists()
        level = AccessLevel.parse(values["level"])
        with model_errors_as_400():
            row = permission_grant(board=board, subject=subject, level=level, by=actor_of(request))
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(PermissionSerializer(row).data, status=code)


class PermissionView(CanvasView):
    """One permission row."""

    @extend_schema(
        operation_id="permissions_read", responses={200: PermissionSerializer, **NOT_MANAGED}
    )
    def get(self, request: Request, board_id: UUID, permission_id: int) -> Response:
        """Read it."""
        return Response(PermissionSerializer(self._row(request, board_id, permission_id)).data)

    @extend_schema(
        operation_id="permissions_change",
        request=PermissionLevelSerializer,
        responses={200: PermissionSerializer, **NOT_MANAGED},
    )
    def patch(self, request: Request, board_id: UUID, permission_id: int) -> Response:
        """Change its level."""
        row = self._row(request, board_id, permission_id)
        values = validated(PermissionLevelSerializer(data=request.data))
        level = AccessLevel.parse(values["level"])
        with model_errors_as_400():
            changed = permission_grant(
                board=row.board, subject=Subject.of_row(row), level=level, by=actor_of(request)
            )
        return Response(PermissionSerializer(changed).data)

    @extend_schema(operation_id="permissions_revoke", responses={204: None, **NOT_MANAGED})
    def delete(self, request: Request, board_id: UUID, permission_id: int) -> Response:
        """Take it away; of the public row: switch the public link off."""
        row = self._row(request, board_id, permission_id)
        permission_revoke(board=row.board, subject=Subject.of_row(row), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _row(self, request: Request, board_id: UUID, permission_id: int) -> BoardPermission:
        board = managed_board(request, board_id)
        row = (
            board.permissions.select_related("user", "group", "board")
            .filter(pk=permission_id)
            .first()
        )
        if row is None:
            raise NotFound("This board has no such permission.")
        return row
