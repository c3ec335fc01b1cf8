"""A board as an Excalidraw file, and one into a board."""

import io
import time
from typing import IO, Any, cast
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import AuditAction
from audit.services import audit_record
from boards.api.base import CanvasView
from boards.api.conditions import CONDITIONS, cache_headers, etag_of, expected_by, not_modified
from boards.api.permissions import visible_board
from boards.api.streams import answer_of
from boards.expensive import count_expensive, who_asks
from boards.files import FileTooLargeError, file_store
from boards.images import ImageRefusedError
from boards.models import Board
from sync.api.base import (
    CONDITIONAL_READ,
    CONDITIONAL_WRITE,
    Refused,
    TooBig,
    document_errors,
    editable_board,
    expensive,
    look_again,
)
from sync.api.serializers import BatchResultSerializer, DrawingFileSerializer
from sync.drawing.elements import Element
from sync.drawing.file import (
    NotADrawing,
    TooManyElements,
    background_in,
    elements_in,
    image_of,
)
from sync.drawing.scene import MAX_ELEMENTS, elements_create
from sync.programs.export import MEDIA_TYPE, board_export, images_state
from sync.programs.writes import Change, Expects, document_change
from sync.scheduler import Steps
from sync.stepped_json import MAX_STRUCTURE, TooMuchStructure, read_json

MAX_IMPORTED_ELEMENTS = 200_000
"""Of one file, as the page takes them; a commit holds MAX_ELEMENTS."""


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
        by, started = self.written_by(request), time.monotonic()
        with document_errors():
            export = board_export(board=board, level=access.audit_level, who=who, **by)
        look_again(request, board_id, started)
        response = answer_of(request, export.pieces(), MEDIA_TYPE, export.size_bytes)
        for header, value in cache_headers(etag_of(export.seq, images_state(board))).items():
            response.headers[header] = value
        name = quote(f"{board.title}.excalidraw")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response


class DrawingParser(BaseParser):
    """An `.excalidraw` file as it is, up to a limit of its own."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The plain values of the body. Raises TooBig, ParseError."""
        limit = settings.CANVAS_MAX_IMPORT_BYTES
        data: bytes = stream.read(limit + 1)
        if len(data) > limit:
            raise TooBig(
                f"This file is too big. Up to {limit / 1_000_000:g} MB can be imported at once: "
                "take images out of it, or divide it."
            )
        try:
            return read_json(data, Steps().end_step)
        except TooMuchStructure:
            raise TooBig(
                f"This file holds too much: more than {MAX_STRUCTURE:,} values. Divide it."
            ) from None
        except (ValueError, RecursionError):
            raise ParseError("This is not an Excalidraw file.") from None


class ExportedDrawingParser(DrawingParser):
    """The same under the name that an export has."""

    media_type = MEDIA_TYPE


class ImportView(CanvasView):
    """A file into the board."""

    parser_classes = (DrawingParser, ExportedDrawingParser)

    @extend_schema(
        operation_id="import",
        parameters=CONDITIONS,
        request=dict.fromkeys(("application/json", MEDIA_TYPE), DrawingFileSerializer),
        responses={200: BatchResultSerializer, **CONDITIONAL_WRITE},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Add the elements of an `.excalidraw` file above what is there; nothing is replaced.

        An empty board takes the file's background colour too.
        """
        board = editable_board(request, board_id)
        with expensive(request, board_id):
            return self._import(request, board)

    def _import(self, request: Request, board: Board) -> Response:
        user = cast(User, request.user)
        try:
            elements = elements_in(request.data, max_elements=MAX_IMPORTED_ELEMENTS)
            background = background_in(request.data)
            files = _store_images(board, user, request.data.get("files") or {}, elements)
        except TooManyElements as error:
            raise TooBig(str(error)) from None
        except NotADrawing as error:
            raise Refused(str(error)) from None
        drawing = _Import(self, request, board, elements)

        def begin(roots: dict[str, Any]) -> None:
            if background and not len(roots["elements"]):
                roots["meta"]["viewBackgroundColor"] = background
            roots["files"].update(files)

        with document_errors():
            seq = drawing.run(begin)
        return Response({"seq": seq, "created": drawing.created})


class _Import:
    """Elements that come to a board in as many commits as they need, with one audit row."""

    def __init__(
        self, view: ImportView, request: Request, board: Board, elements: list[Element]
    ) -> None:
        self._view = view
        self._request = request
        self._board = board
        self._elements = elements
        self.created: list[str] = []

    def run(self, begin: Change) -> int:
        """Adds them; `begin` is part of the first commit. Returns the sequence of the last.

        What was added before a commit failed stays, and is recorded. Raises as `document_change`.
        """
        count, expects = len(self._elements), expected_by(self._request)
        seq = self._add(0, expects, begin, is_last=count <= MAX_ELEMENTS)
        try:
            for start in range(MAX_ELEMENTS, count, MAX_ELEMENTS):
                is_last = start + MAX_ELEMENTS >= count
                seq = self._add(start, None, lambda _: None, is_last=is_last)
        except Exception:
            self._record()
            raise
        return seq

    def _add(self, start: int, expects: Expects | None, begin: Change, *, is_last: bool) -> int:
        part = self._elements[start : start + MAX_ELEMENTS]

        def change(roots: dict[str, Any]) -> None:
            begin(roots)
            self.created[start:] = elements_create(roots, part)

        return document_change(
            board=self._board,
            user=cast(User, self._request.user),
            change=change,
            expects=expects,
            record=self._record if is_last else None,
        )

    def _record(self) -> None:
        audit_record(
            action=AuditAction.ROOM_IMPORT,
            board_id=self._board.pk,
            board_title=self._board.title,
            data={"elements": len(self.created)},
            **self._view.written_by(self._request),
        )


def _store_images(
    board: Board, user: User, images: Any, elements: list[dict[str, Any]]
) -> dict[str, Any]:
    """Stores the images that elements use; returns what the document says of them."""
    if not isinstance(images, dict):
        raise NotADrawing("The images of this file are damaged.")
    used = {str(element["fileId"]) for element in elements if element.get("fileId")}
    stored = {}
    for file_id in sorted(used & images.keys()):
        image = images[file_id]
        data = image_of(image.get("dataURL") if isinstance(image, dict) else None)
        try:
            row, _ = file_store(board=board, file_id=file_id, stream=io.BytesIO(data), user=user)
        except (ValidationError, FileTooLargeError, ImageRefusedError):
            raise NotADrawing("An image of this file cannot be used.") from None
        stored[file_id] = {
            "mime": row.mime,
            "size": row.size_bytes,
            "width": row.width,
            "height": row.height,
        }
    return stored
