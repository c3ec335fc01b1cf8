"""Who may do what on a board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400
from boards.api.permissions import managed_board
from boards.api.serializers import PermissionSerializer, PermissionSubjectSerializer
from boards.api.views_boards import NOT_FOUND_RESPONSE, NOT_MANAGER_RESPONSE
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission
from boards.selectors import permissions_of
from boards.services import permission_grant, permission_revoke, public_access_set

REFUSALS = {403: NOT_MANAGER_RESPONSE, 404: NOT_FOUND_RESPONSE}


class PermissionsView(CanvasView):
    """The permission rows of one board, each named by its ``user``; null is the public link."""

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
        is_new = _row_of(board, values["user"]) is None
        row = self._set(request, board, values)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(PermissionSerializer(row).data, status=code)

    @extend_schema(
        operation_id="permissions_change",
        request=PermissionSerializer,
        responses={200: PermissionSerializer, **REFUSALS},
    )
    def patch(self, request: Request, board_id: UUID) -> Response:
        """Change a level that is there."""
        board = managed_board(request, board_id)
        values = _validated(PermissionSerializer(data=request.data))
        _existing_row(board, values["user"])
        return Response(PermissionSerializer(self._set(request, board, values)).data)

    @extend_schema(
        operation_id="permissions_revoke",
        parameters=[
            OpenApiParameter("user", OpenApiTypes.STR, description="Username."),
            OpenApiParameter(
                "public",
                OpenApiTypes.BOOL,
                description="`true`: the public link, instead of a user.",
            ),
        ],
        responses={204: None, **REFUSALS},
    )
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Take a level away; name it in the query, or in the body as ``{"user": ...}``."""
        board = managed_board(request, board_id)
        values = _validated(PermissionSubjectSerializer(data=_subject_of(request)))
        user: User | None = values["user"]
        _existing_row(board, user)
        if user is None:
            public_access_set(board=board, level=None, **self.written_by(request))
        else:
            permission_revoke(board=board, user=user, **self.written_by(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _set(
        self, request: Request, board: Board, values: dict[str, Any]
    ) -> BoardPermission | None:
        level, user = AccessLevel.parse(values["level"]), values["user"]
        with model_errors_as_400():
            if user is None:
                return public_access_set(board=board, level=level, **self.written_by(request))
            return permission_grant(board=board, user=user, level=level, **self.written_by(request))


def _validated(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _subject_of(request: Request) -> Any:
    """``{"user": name or None}`` from the query where it says something, else from the body."""
    if request.query_params.get("public") == "true":
        return {"user": None}
    if "user" in request.query_params:
        return {"user": request.query_params["user"]}
    return request.data


def _row_of(board: Board, user: User | None) -> BoardPermission | None:
    rows = board.permissions
    return (rows.filter(is_public=True) if user is None else rows.filter(user=user)).first()


def _existing_row(board: Board, user: User | None) -> None:
    if _row_of(board, user) is None:
        subject = "The public link" if user is None else user.get_username()
        raise NotFound(f"{subject} has no level on this board.")
