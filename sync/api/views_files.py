"""REST views that export a board as an Excalidraw file and import one."""

import time
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.conditions import CONDITIONS, cache_headers, etag_of, expected_by, not_modified
from boards.api.permissions import actor_of, guarded_record, visible_board
from boards.api.streams import answer_of
from boards.limits.before_body import body_follows, go_on
from boards.limits.expensive import count_expensive, who_asks
from boards.models import Board
from sync.api.base import (
    CONDITIONAL_READ,
    CONDITIONAL_WRITE,
    RefusedError,
    TooBigError,
    UnavailableError,
    document_errors,
    editable_board,
    expensive,
    look_again,
)
from sync.api.serializers import DrawingFileSerializer, ImportedSerializer
from sync.drawing.file import NotADrawingError, TooManyElementsError
from sync.drawing.file_reader import DrawingFile
from sync.drawing.picture import write_scene
from sync.programs.export import MEDIA_TYPE, board_export, images_state
from sync.programs.foreign_files import drawing_of_text
from sync.programs.imports import board_import
from sync.rendering.gone import GONE_KEY
from sync.rendering.process import NotDrawnError
from sync.rendering.reading import Kind
from sync.scheduler import Steps

WITHOUT_IMAGES = OpenApiParameter(
    "images",
    bool,
    description="`false`: leave the images out; each can be read from and sent to `files`.",
)


def _has_images(request: Request) -> bool:
    """What the query says of images. Raises RefusedError."""
    asked = request.query_params.get("images", "true")
    if asked not in ("true", "false"):
        raise RefusedError("`images` has to be true or false.")
    return asked == "true"


def _export_etag(board: Board, seq: int, has_images: bool) -> str:
    return etag_of(seq, images_state(board) if has_images else "no-images")


class ExportView(CanvasView):
    """The board as a file."""

    @extend_schema(
        operation_id="export",
        parameters=[*CONDITIONS, WITHOUT_IMAGES],
        responses={(200, MEDIA_TYPE): DrawingFileSerializer, **CONDITIONAL_READ},
    )
    def get(self, request: Request, board_id: UUID) -> HttpResponseBase:
        """Download it as `.excalidraw`, images included."""
        board, access = visible_board(request, board_id)
        has_images = _has_images(request)
        etag = _export_etag(board, board.head_seq, has_images)
        known = not_modified(request, etag)
        if known is not None:
            return known
        who = who_asks(request._request, request.user)
        count_expensive(who)
        started = time.monotonic()
        with document_errors():
            export = board_export(
                board=board,
                level=access.audit_level,
                who=who,
                has_images=has_images,
                by=actor_of(request),
            )
        look_again(request, board_id, started)
        response = answer_of(request, export.pieces(), MEDIA_TYPE, export.size_bytes)
        for header, value in cache_headers(_export_etag(board, export.seq, has_images)).items():
            response.headers[header] = value
        name = quote(f"{board.title}.excalidraw")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response


_COPIED_AT_ONCE = 1 << 20


class DrawingParser(BaseParser):
    """Reads an `.excalidraw` file from the body, up to CANVAS_MAX_IMPORT_BYTES."""

    media_type = "application/json"
    kind: Kind | None = None
    """Of a file of another program; None: the text says what it is."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The body as a file on disk, every element looked at. Raises TooBigError, RefusedError."""
        limit = settings.CANVAS_MAX_IMPORT_BYTES
        file, size = received(
            stream,
            limit,
            f"This file is too big. Up to {limit / 1_000_000:g} MB can be imported at "
            "once: export it without images and upload them one by one, or divide it.",
        )
        request = (parser_context or {}).get("request")
        is_gone = getattr(getattr(request, "_request", None), "scope", {}).get(GONE_KEY)
        try:
            text = self._drawing(file, size)
            return drawing_of_text(text, Steps().end_step, kind=self.kind, is_gone=is_gone)
        except TooManyElementsError as error:
            raise TooBigError(str(error)) from None
        except NotADrawingError as error:
            raise RefusedError(str(error)) from None
        except NotDrawnError as error:
            raise UnavailableError(str(error)) from None

    def _drawing(self, file: IO[bytes], size: int) -> IO[bytes]:
        """The text of the drawing in what was sent."""
        return file


def received(stream: IO[Any], limit: int, refusal: str) -> tuple[IO[bytes], int]:
    """The body as a file, and its size. Raises TooBigError with these words beyond the limit."""
    file, size = _new_file(), 0
    while data := stream.read(_COPIED_AT_ONCE):
        size += len(data)
        if size > limit:
            raise TooBigError(refusal)
        file.write(data)
    return file, size


def _new_file() -> IO[bytes]:
    file = SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115
    return cast("IO[bytes]", file)


class ExportedDrawingParser(DrawingParser):
    """The same, under the media type that an export has."""

    media_type = MEDIA_TYPE


class PngParser(DrawingParser):
    """Reads the drawing in a picture that was exported with its scene. Picture and drawing
    together may be as large as a file."""

    media_type = "image/png"

    def _drawing(self, file: IO[bytes], size: int) -> IO[bytes]:
        scene = _new_file()
        limit = settings.CANVAS_MAX_IMPORT_BYTES - size
        write_scene(file, scene, max_bytes=limit, end_step=Steps().end_step)
        file.close()
        return scene


class SvgParser(PngParser):
    """The same of an SVG."""

    media_type = "image/svg+xml"


class TldrawParser(DrawingParser):
    """Reads a drawing of tldraw."""

    media_type = "application/vnd.tldraw+json"
    kind = Kind.TLDRAW


class CsvParser(DrawingParser):
    """Reads lines that become notes."""

    media_type = "text/csv"
    kind = Kind.CSV


class DrawioParser(DrawingParser):
    """Reads a drawing of draw.io."""

    media_type = "application/vnd.jgraph.mxfile"
    kind = Kind.DRAWIO


DRAWING_PARSERS = (
    DrawingParser,
    ExportedDrawingParser,
    PngParser,
    SvgParser,
    TldrawParser,
    CsvParser,
    DrawioParser,
)
DRAWING_BODY = {
    **dict.fromkeys(("application/json", MEDIA_TYPE), DrawingFileSerializer),
    PngParser.media_type: OpenApiTypes.BINARY,
}
"""What a file may be sent as: its text, or a picture with the drawing in it.

The others are told in words: generators of clients stop at such media types.
"""


def left_out_of(drawing: DrawingFile) -> dict[str, Any]:
    """What could not be taken of a file, for an answer."""
    told = [one._asdict() for one in drawing.left_out]
    return {"left_out": told, "left_out_count": drawing.left_out_count}


class ImportView(CanvasView):
    """Imports a file into the board."""

    parser_classes = DRAWING_PARSERS

    @extend_schema(
        operation_id="import",
        parameters=CONDITIONS,
        request=DRAWING_BODY,
        responses={200: ImportedSerializer, **CONDITIONAL_WRITE},
    )
    def post(self, request: Request, board_id: UUID) -> HttpResponseBase:
        """Add the elements of an `.excalidraw` file on top of what is there; nothing is replaced.

        The file may also be a PNG or SVG that was exported with its scene, a `.tldr` file of tldraw
        (`application/vnd.tldraw+json`), a `.drawio` file (`application/vnd.jgraph.mxfile`) or a
        PNG or SVG of draw.io that has one in it, or lines that become notes (`text/csv`). An empty
        board also takes the file's background colour. Files of any age are taken, and what nobody
        here knows of an element is kept; what cannot be is named in `left_out`, and counted of
        files of other programs.
        """
        board = editable_board(request, board_id)
        if body_follows(request._request):
            return go_on()
        with expensive(request, board_id):
            return self._import(request, board)

    def _import(self, request: Request, board: Board) -> Response:
        try:
            drawing = request.data
            if not isinstance(drawing, DrawingFile):  # there is no body
                raise RefusedError("This is not an Excalidraw file.")
            with document_errors():
                imported = board_import(
                    board=board,
                    user=cast(User, request.user),
                    drawing=drawing,
                    by=actor_of(request),
                    expects=expected_by(request),
                    record_image=guarded_record(request, board, "image"),
                )
        except NotADrawingError as error:
            raise RefusedError(str(error)) from None
        return Response(
            {
                "seq": imported.seq,
                "created": imported.created,
                **left_out_of(drawing),
            }
        )
