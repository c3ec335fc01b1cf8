"""REST view that makes a new board from a file."""

from typing import cast

from django.contrib.auth.models import User
from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.openapi import INVALID
from boards.api.permissions import actor_of
from boards.api.responses import QUOTA_RESPONSES
from boards.api.throttles import BoardCreateThrottle
from boards.lifecycle.serializers import BoardSerializer
from boards.limits.before_body import body_follows, go_on
from boards.limits.expensive import count_expensive, expensive_work, who_asks
from boards.models import Board
from boards.quotas.checks import require_place_for_board
from boards.spaces.placing import Place, placed_in
from sync.api.base import WRITE_REFUSALS, RefusedError, document_errors
from sync.api.serializers import ImportedBoardSerializer
from sync.api.views_files import DRAWING_BODY, DRAWING_PARSERS, left_out_of
from sync.drawing.file import NotADrawingError
from sync.drawing.file_reader import DrawingFile
from sync.programs.from_files import board_from_drawing


class BoardFromFileView(CanvasView):
    """A new board from a file."""

    parser_classes = DRAWING_PARSERS

    def get_throttles(self) -> list[BaseThrottle]:
        """A large file is asked about first: that counts once, too."""
        return [] if body_follows(self.request._request) else [BoardCreateThrottle()]

    @extend_schema(
        operation_id="boards_import",
        parameters=[
            OpenApiParameter("title", required=True, description="The title of the board."),
            OpenApiParameter("space", OpenApiTypes.UUID, description="The space it comes to."),
            OpenApiParameter("folder", OpenApiTypes.UUID, description="The folder of that space."),
        ],
        request=DRAWING_BODY,
        responses={201: ImportedBoardSerializer, **WRITE_REFUSALS, **QUOTA_RESPONSES, 400: INVALID},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Create a board with the drawing of an `.excalidraw` file, or of any other that `import`
        takes.

        Either there is a board, and `left_out` says what could not be taken, or none is left.
        """
        context = {"request": request}
        asked = {name: request.query_params[name] for name in request.query_params}
        values = validated(BoardSerializer(data=asked, context=context))
        user = cast(User, request.user)
        with model_errors_as_400():
            place = placed_in(user, values.get("space"), values.get("folder"))
        if body_follows(request._request):
            with transaction.atomic():
                require_place_for_board(user)
            return go_on()
        who = who_asks(request._request, user)
        count_expensive(who)
        with expensive_work(who), model_errors_as_400():
            drawing = _drawing_of(request)
            board = _new_board(request, user, drawing, values["title"], place)
        answer = {**BoardSerializer(board, context=context).data, **left_out_of(drawing)}
        return Response(answer, status=status.HTTP_201_CREATED)


def _drawing_of(request: Request) -> DrawingFile:
    drawing = request.data
    if not isinstance(drawing, DrawingFile):  # there is no body
        raise RefusedError("This is not an Excalidraw file.")
    return drawing


def _new_board(
    request: Request, user: User, drawing: DrawingFile, title: str, place: Place | None
) -> Board:
    try:
        with document_errors():
            return board_from_drawing(
                owner=user,
                title=title,
                drawing=drawing,
                by=actor_of(request),
                place=place,
            )
    except NotADrawingError as error:
        raise RefusedError(str(error)) from None
