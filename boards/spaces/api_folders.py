"""REST views of folders, and of stars."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import actor_of, require_person, signed_in, visible_board
from boards.api.problems import ProblemSerializer
from boards.api.responses import NOT_FOUND_RESPONSE, QUOTA_RESPONSES
from boards.models import Folder
from boards.spaces.api import NOT_MEMBER
from boards.spaces.entry import edited_space, folder_of, seen_space
from boards.spaces.folders import folder_create, folder_delete, folder_move, folder_rename
from boards.spaces.marks import boards_star, boards_unstar
from boards.spaces.serializers import FolderSerializer

NOT_EDITOR = {
    403: OpenApiResponse(ProblemSerializer, "Only people who may edit the space can do this."),
    **NOT_MEMBER,
}


class FoldersView(CanvasView):
    """The folders of a space."""

    @extend_schema(
        operation_id="folders_list", responses={200: FolderSerializer(many=True), **NOT_MEMBER}
    )
    def get(self, request: Request, space_id: UUID) -> Response:
        """List all of them, by name; `parent` says which is in which."""
        space, _ = seen_space(request.user, space_id)
        return Response(FolderSerializer(space.folders.order_by("name", "pk"), many=True).data)

    @extend_schema(
        operation_id="folders_create",
        request=FolderSerializer,
        responses={201: FolderSerializer, **NOT_EDITOR, **QUOTA_RESPONSES},
    )
    def post(self, request: Request, space_id: UUID) -> Response:
        """Create one."""
        space = edited_space(request.user, space_id)
        values = validated(FolderSerializer(data=request.data))
        with model_errors_as_400():
            folder = folder_create(
                space=space,
                name=values["name"],
                parent=values.get("parent"),
                by=actor_of(request),
            )
        return Response(FolderSerializer(folder).data, status=status.HTTP_201_CREATED)


class FolderView(CanvasView):
    """One folder."""

    @extend_schema(operation_id="folders_retrieve", responses={200: FolderSerializer, **NOT_MEMBER})
    def get(self, request: Request, space_id: UUID, folder_id: UUID) -> Response:
        """Read it."""
        space, _ = seen_space(request.user, space_id)
        return Response(FolderSerializer(folder_of(space, folder_id)).data)

    @extend_schema(
        operation_id="folders_update",
        request=FolderSerializer,
        responses={200: FolderSerializer, **NOT_EDITOR, **QUOTA_RESPONSES},
    )
    def patch(self, request: Request, space_id: UUID, folder_id: UUID) -> Response:
        """Rename it, or move it into another folder."""
        folder = self._folder(request, space_id, folder_id)
        values = validated(FolderSerializer(folder, data=request.data, partial=True))
        with model_errors_as_400(), transaction.atomic():
            if "parent" in values:
                folder_move(folder=folder, parent=values["parent"], by=actor_of(request))
            if "name" in values:
                folder_rename(folder=folder, name=values["name"], by=actor_of(request))
        return Response(FolderSerializer(folder).data)

    @extend_schema(operation_id="folders_delete", responses={204: None, **NOT_EDITOR})
    def delete(self, request: Request, space_id: UUID, folder_id: UUID) -> Response:
        """Delete it. What is in it moves one folder up."""
        with model_errors_as_400():
            folder_delete(folder=self._folder(request, space_id, folder_id), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _folder(self, request: Request, space_id: UUID, folder_id: UUID) -> Folder:
        return folder_of(edited_space(request.user, space_id), folder_id)


class StarView(CanvasView):
    """Your star on a board."""

    @extend_schema(
        operation_id="boards_star",
        request=None,
        responses={204: None, 404: NOT_FOUND_RESPONSE, **QUOTA_RESPONSES},
    )
    def put(self, request: Request, board_id: UUID) -> Response:
        """Star it."""
        require_person(request)
        board, _ = visible_board(request, board_id)
        boards_star(boards=[board], user=signed_in(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="boards_unstar", responses={204: None, 404: NOT_FOUND_RESPONSE})
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Remove the star."""
        require_person(request)
        board, _ = visible_board(request, board_id)
        boards_unstar(boards=[board], user=signed_in(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
