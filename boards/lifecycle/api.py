"""REST views of boards: list, create, read, rename, trash, restore."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from boards.access.resolve import Access
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, require_choice, validated
from boards.api.openapi import INVALID
from boards.api.pagination import BoardPagination
from boards.api.permissions import (
    actor_of,
    managed_board,
    require_creating,
    scopes_of,
    visible_board,
    visitor_of,
)
from boards.api.responses import NOT_FOUND_RESPONSE, NOT_MANAGER_RESPONSE, QUOTA_RESPONSES
from boards.api.throttles import BoardCreateThrottle
from boards.lifecycle.basics import board_create, board_rename, board_restore, board_trash
from boards.lifecycle.listing import Listing, Show, Sort
from boards.lifecycle.serializers import BoardSerializer, NewBoardSerializer
from boards.lifecycle.templates import BoardTemplate
from boards.models import Board
from boards.spaces.placing import boards_place, placed_in, require_may_place


class BoardListView(CanvasView, GenericAPIView[Board]):
    """The user's boards."""

    takes_programs = True
    serializer_class = BoardSerializer
    pagination_class = BoardPagination
    queryset = Board.objects.none()

    def get_throttles(self) -> list[BaseThrottle]:
        """Only creating is limited."""
        return [BoardCreateThrottle()] if self.request.method == "POST" else []

    @extend_schema(
        operation_id="boards_list",
        parameters=[
            OpenApiParameter(
                "trashed",
                OpenApiTypes.BOOL,
                description="`true`: your trash instead of your boards.",
            ),
            OpenApiParameter("show", enum=list(Show), description="Which of them."),
            OpenApiParameter("space", OpenApiTypes.UUID, description="Those in this space."),
            OpenApiParameter("folder", OpenApiTypes.UUID, description="Those in this folder."),
            OpenApiParameter("sort", enum=list(Sort), description="In which order."),
            OpenApiParameter(
                "q", description="Words in the title, the owner's name, texts or comments."
            ),
        ],
        responses={200: BoardSerializer(many=True), 400: INVALID},
    )
    def get(self, request: Request) -> Response:
        """List the boards you own or were given, by default the last active first."""
        for name, choices in (("show", Show), ("sort", Sort)):
            require_choice(request, name, list(choices))
        listing = Listing.of(request._request.GET)
        if request.query_params.get("trashed") == "true":
            listing = replace(listing, show=Show.TRASH)
        boards: Any = listing.boards(cast(User, request.user), scopes_of(request))
        page = self.paginate_queryset(boards) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="boards_create",
        request=NewBoardSerializer,
        responses={201: BoardSerializer, **QUOTA_RESPONSES},
    )
    def post(self, request: Request) -> Response:
        """Create a board, empty or from a template."""
        require_creating(request)
        context = self.get_serializer_context()
        values = validated(NewBoardSerializer(data=request.data, context=context))
        with model_errors_as_400():
            place = placed_in(request.user, values.get("space"), values.get("folder"))
            board = board_create(
                owner=cast(User, request.user),
                title=values["title"],
                by=actor_of(request),
                template=_template_of(values["template"]),
                place=place,
            )
        return Response(self.get_serializer(board).data, status=status.HTTP_201_CREATED)


def _template_of(name: str | None) -> BoardTemplate | None:
    return None if name is None else BoardTemplate(name)


def _place(request: Request, board: Board, access: Access, values: dict[str, Any]) -> None:
    """Moves the board; a new space without a folder is its top."""
    space = values.get("space", board.space)
    folder = values.get("folder", board.folder if space == board.space else None)
    require_may_place(board, access, request.user, space)
    boards_place(boards=[board], space=space, folder=folder, by=actor_of(request))


class BoardDetailView(CanvasView):
    """One board."""

    @extend_schema(
        operation_id="boards_retrieve", responses={200: BoardSerializer, 404: NOT_FOUND_RESPONSE}
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """Read one board."""
        board, _ = visible_board(request, board_id)
        return Response(BoardSerializer(board, context={"request": request}).data)

    @extend_schema(
        operation_id="boards_update",
        request=BoardSerializer,
        responses={
            200: BoardSerializer,
            403: NOT_MANAGER_RESPONSE,
            404: NOT_FOUND_RESPONSE,
            **QUOTA_RESPONSES,
        },
    )
    def patch(self, request: Request, board_id: UUID) -> Response:
        """Rename it, or move it to another space or folder.

        Into a space: with edit access there, by the owner of the board. Out of it: by the owner of
        the board or of the space. Into a folder of its space: with edit access there.
        """
        context = {"request": request}
        asked = set(request.data if isinstance(request.data, dict) else ())
        moves = asked & {"space", "folder"}
        if not moves or asked - moves:
            board = managed_board(request, board_id)
            access = None
        else:
            board, access = visible_board(request, board_id)
        values = validated(BoardSerializer(board, data=request.data, partial=True, context=context))
        with model_errors_as_400(), transaction.atomic():
            if moves:
                access = access or visitor_of(request).access_to(board)
                _place(request, board, access, values)
            if "title" in values:
                board_rename(board=board, title=values["title"], by=actor_of(request))
        return Response(BoardSerializer(board, context=context).data)

    @extend_schema(
        operation_id="boards_trash",
        responses={204: None, 403: NOT_MANAGER_RESPONSE, 404: NOT_FOUND_RESPONSE},
    )
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Move it to the trash."""
        board_trash(board=managed_board(request, board_id), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BoardRestoreView(CanvasView):
    """A board in the trash."""

    @extend_schema(
        operation_id="boards_restore",
        request=None,
        responses={200: BoardSerializer, 404: NOT_FOUND_RESPONSE},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Restore it from the trash."""
        board = managed_board(request, board_id, in_trash=True)
        board_restore(board=board, by=actor_of(request))
        return Response(BoardSerializer(board, context={"request": request}).data)
