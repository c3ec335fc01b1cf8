"""Who may do what on a board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, User
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from boards.access.selectors import permissions_of
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import managed_board
from boards.api.responses import NOT_MANAGED
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission
from boards.sharing.permissions import (
    group_permission_grant,
    permission_grant,
    permission_remove,
    public_access_set,
)
from boards.sharing.serializers import PermissionLevelSerializer, PermissionSerializer


class PermissionsView(CanvasView):
    """The permission rows of one board; ``user`` null is the public link."""

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
        subject: dict[str, Any] = {"user": values.get("user"), "group": values.get("group")}
        is_new = not board.permissions.filter(**_filter_of(subject)).exists()
        level = AccessLevel.parse(values["level"])
        with model_errors_as_400():
            row = _set(board, level, **subject, **self.written_by(request))
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
        subject: dict[str, Any] = {"user": row.user, "group": row.group}
        with model_errors_as_400():
            changed = _set(row.board, level, **subject, **self.written_by(request))
        return Response(PermissionSerializer(changed).data)

    @extend_schema(operation_id="permissions_revoke", responses={204: None, **NOT_MANAGED})
    def delete(self, request: Request, board_id: UUID, permission_id: int) -> Response:
        """Take it away; of the public row: switch the public link off."""
        row = self._row(request, board_id, permission_id)
        permission_remove(row, **self.written_by(request))
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


def _filter_of(subject: dict[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in subject.items() if value is not None}
    return named or {"is_public": True}


def _set(
    board: Board, level: AccessLevel, *, user: User | None, group: Group | None, **by: Any
) -> BoardPermission | None:
    if user is not None:
        return permission_grant(board=board, user=user, level=level, **by)
    if group is not None:
        return group_permission_grant(board=board, group=group, level=level, **by)
    return public_access_set(board=board, level=level, **by)
