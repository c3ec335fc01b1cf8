"""REST views that answer with a board as SVG, PNG or PDF."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from boards.api.base import CanvasView
from boards.api.conditions import CONDITIONS, cache_headers, etag_of, not_modified
from boards.api.permissions import actor_of, entry_of, visible_board
from boards.api.problems import ProblemSerializer
from boards.api.streams import answer_of
from boards.limits.expensive import count_drawing, who_asks
from boards.models import Board
from sync.api.base import (
    CONDITIONAL_READ,
    RefusedError,
    TooBigError,
    UnavailableError,
    document_errors,
    look_again,
)
from sync.programs.export import images_state
from sync.programs.pictures import board_picture
from sync.rendering.gone import GONE_KEY
from sync.rendering.options import (
    DEFAULT_PADDING,
    MAX_CHOSEN,
    MAX_PADDING,
    MAX_SCALE,
    MIN_SCALE,
    BadOptionError,
    Format,
    Options,
    options_of,
)
from sync.rendering.process import (
    GoneError,
    NoSuchPartError,
    NotDrawnError,
    TooLargeError,
    is_built,
)

SHARED_OPTIONS = [
    OpenApiParameter("background", bool, description="`false`: without the colour of the canvas."),
    OpenApiParameter("dark", bool, description="`true`: in the colours of the dark theme."),
    OpenApiParameter(
        "padding",
        {"type": "integer", "minimum": 0, "maximum": MAX_PADDING, "default": DEFAULT_PADDING},
        description="Around the drawing, in units of the board.",
    ),
    OpenApiParameter(
        "elements",
        str,
        description=f"Up to {MAX_CHOSEN} ids of elements with commas between: these alone, with "
        "the texts in them and what stands in frames among them.",
    ),
    OpenApiParameter("frame", str, description="The id of a frame: what is in it alone."),
]
SCALE = OpenApiParameter(
    "scale",
    {"type": "number", "minimum": MIN_SCALE, "maximum": MAX_SCALE, "default": 1},
    description="Pixels for each unit of the board.",
)
PAGES = OpenApiParameter(
    "pages",
    str,
    enum=["board", "frames"],
    description="`frames`: each frame on a page of its own, in the order in which they are shown.",
)
ANSWERS = {
    **CONDITIONAL_READ,
    400: OpenApiResponse(ProblemSerializer, "An option has a value that it cannot have."),
    413: OpenApiResponse(ProblemSerializer, "More than can be drawn at once."),
}
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
"""An SVG that is opened at this address is a document of this site: nothing in it may run."""


def _described(kind: Format, *more: OpenApiParameter) -> Callable[..., Any]:
    return extend_schema(
        operation_id=f"export_{kind}",
        parameters=[*CONDITIONS, *SHARED_OPTIONS, *more],
        responses={(200, kind.media_type): OpenApiTypes.BINARY, **ANSWERS},
    )


class _PictureView(CanvasView):
    """Draws the board."""

    kind: Format

    def _answer(self, request: Request, board_id: UUID) -> HttpResponseBase:
        board, access = visible_board(request, board_id, entry=entry_of(request))
        try:
            options = options_of(self.kind, request.query_params)
        except BadOptionError as error:
            raise RefusedError(str(error)) from None
        known = not_modified(request, _etag(board, board.head_seq, options))
        if known is not None:
            return known
        if not is_built():
            raise UnavailableError("This server has no built front end, so it cannot draw.")
        who = who_asks(request._request, request.user)
        count_drawing(who)
        started = time.monotonic()
        try:
            with document_errors():
                picture = board_picture(
                    board=board,
                    options=options,
                    by=actor_of(request),
                    who=who,
                    level=access.audit_level,
                    is_gone=getattr(request._request, "scope", {}).get(GONE_KEY),
                )
        except NoSuchPartError as error:
            raise RefusedError(str(error)) from None
        except TooLargeError as error:
            raise TooBigError(str(error)) from None
        except GoneError:
            return HttpResponse(status=503)  # nobody reads it
        except NotDrawnError as error:
            raise UnavailableError(str(error)) from None
        look_again(request, board_id, started, entry=entry_of(request))
        response = answer_of(request, picture.pieces(), self.kind.media_type, picture.size_bytes)
        for header, value in cache_headers(_etag(board, picture.seq, options)).items():
            response.headers[header] = value
        name = quote(f"{board.title}.{self.kind}")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        response.headers["Content-Security-Policy"] = _SANDBOX
        return response


class SvgView(_PictureView):
    """The board as SVG."""

    kind = Format.SVG

    @_described(kind)
    def get(self, request: Request, board_id: UUID) -> HttpResponseBase:
        """Download it as SVG, with its fonts and images, as the page draws it."""
        return self._answer(request, board_id)


class PngView(_PictureView):
    """The board as PNG."""

    kind = Format.PNG

    @_described(kind, SCALE)
    def get(self, request: Request, board_id: UUID) -> HttpResponseBase:
        """Download it as PNG. A drawing that is too large for that is made smaller."""
        return self._answer(request, board_id)


class PdfView(_PictureView):
    """The board as PDF."""

    kind = Format.PDF

    @_described(kind, PAGES)
    def get(self, request: Request, board_id: UUID) -> HttpResponseBase:
        """Download it as PDF: lines, fonts and links, on one page or one for each frame."""
        return self._answer(request, board_id)


def _etag(board: Board, seq: int, options: Options) -> str:
    return etag_of(seq, images_state(board), options.digest)
