"""REST views that export a board as an Excalidraw file and import one."""

import time
from typing import IO, Any, cast
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.conditions import CONDITIONS, cache_headers, etag_of, expected_by, not_modified
from boards.api.permissions import actor_of, visible_board, write_record
from boards.api.streams import answer_of
from boards.limits.expensive import count_expensive, who_asks
from boards.models import Board
from sync.api.base import (
    CONDITIONAL_READ,
    CONDITIONAL_WRITE,
    RefusedError,
    TooBigError,
    document_errors,
    editable_board,
    expensive,
    look_again,
)
from sync.api.serializers import BatchResultSerializer, DrawingFileSerializer
from sync.drawing.file import NotADrawingError, TooManyElementsError
from sync.programs.export import MEDIA_TYPE, board_export, images_state
from sync.programs.imports import board_import, drawing_in
from sync.scheduler import Steps
from sync.stepped_json import MAX_STRUCTURE, TooMuchStructureError, read_json


class ExportView(CanvasView):
    """The board as a file."""

    @extend_schema(
        operation_id="export",
        parameters=CONDITIONS,
        responses={(200, MEDIA_TYPE): DrawingFileSerializer, **CONDITIONAL_READ},
    )
    def get(self, request: Request, board_id: UUID) -> HttpResponseBase:
        """Download it as `.excalidraw`, images included."""
        board, access = visible_board(request, board_id)
        etag = etag_of(board.head_seq, images_state(board))
        known = not_modified(request, etag)
        if known is not None:
            return known
        who = who_asks(request._request, request.user)
        count_expensive(who)
        started = time.monotonic()
        with document_errors():
            export = board_export(
                board=board, level=access.audit_level, who=who, by=actor_of(request)
            )
        look_again(request, board_id, started)
        response = answer_of(request, export.pieces(), MEDIA_TYPE, export.size_bytes)
        for header, value in cache_headers(etag_of(export.seq, images_state(board))).items():
            response.headers[header] = value
        name = quote(f"{board.title}.excalidraw")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response


class DrawingParser(BaseParser):
    """Reads an `.excalidraw` file from the body, up to CANVAS_MAX_IMPORT_BYTES."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The plain values of the body. Raises TooBigError, ParseError."""
        limit = settings.CANVAS_MAX_IMPORT_BYTES
        data: bytes = stream.read(limit + 1)
        if len(data) > limit:
            raise TooBigError(
                f"This file is too big. Up to {limit / 1_000_000:g} MB can be imported at once: "
                "take images out of it, or divide it."
            )
        try:
            return read_json(data, Steps().end_step)
        except TooMuchStructureError:
            raise TooBigError(
                f"This file holds too much: more than {MAX_STRUCTURE:,} values. Divide it."
            ) from None
        except (ValueError, RecursionError):
            raise ParseError("This is not an Excalidraw file.") from None


class ExportedDrawingParser(DrawingParser):
    """The same, under the media type that an export has."""

    media_type = MEDIA_TYPE


class ImportView(CanvasView):
    """Imports a file into the board."""

    parser_classes = (DrawingParser, ExportedDrawingParser)

    @extend_schema(
        operation_id="import",
        parameters=CONDITIONS,
        request=dict.fromkeys(("application/json", MEDIA_TYPE), DrawingFileSerializer),
        responses={200: BatchResultSerializer, **CONDITIONAL_WRITE},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Add the elements of an `.excalidraw` file on top of what is there; nothing is replaced.

        An empty board also takes the file's background colour.
        """
        board = editable_board(request, board_id)
        with expensive(request, board_id):
            return self._import(request, board)

    def _import(self, request: Request, board: Board) -> Response:
        try:
            drawing = drawing_in(request.data)
            with document_errors():
                imported = board_import(
                    board=board,
                    user=cast(User, request.user),
                    drawing=drawing,
                    by=actor_of(request),
                    expects=expected_by(request),
                    record_image=write_record(request, board, "image"),
                )
        except TooManyElementsError as error:
            raise TooBigError(str(error)) from None
        except NotADrawingError as error:
            raise RefusedError(str(error)) from None
        return Response({"seq": imported.seq, "created": imported.created})
