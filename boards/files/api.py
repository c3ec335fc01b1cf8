"""REST views of a board's images.

The bytes behind an id never change, but browsers revalidate them before showing them: the next
person at the same browser may not be allowed to see the board.
"""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, UnsupportedMediaType
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from boards.api.base import CanvasView
from boards.api.conditions import cache_headers, etag_of, not_modified
from boards.api.permissions import entry_of, guarded_record, visible_board
from boards.api.problems import ProblemSerializer
from boards.api.responses import QUOTA_RESPONSES
from boards.api.streams import answer_of, pieces_of_file
from boards.api.throttles import ScopedThrottle
from boards.files.images import ACCEPTED_MIMES, ACCEPTED_TEXT, ImageRefusedError, NotAnImageError
from boards.files.serializers import FileSerializer
from boards.files.storage import FileTooLargeError, file_kept, file_store, files_for
from boards.models import BoardFile

# Whatever the bytes are, a page of their own can run and load nothing.
FILE_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
ANY_BYTES = "application/octet-stream"
"""The media type that generated clients send. The type is read from the bytes, whatever it is
called."""
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}

PUBLIC_PARAMETER = OpenApiParameter(
    "public", OpenApiTypes.INT, description="`1`: by the public link, without signing in."
)
ID_PARAMETER = OpenApiParameter(
    "file_id", OpenApiTypes.STR, OpenApiParameter.PATH, pattern="^[A-Za-z0-9_-]{1,64}$"
)


class TooLargeError(APIException):
    """413: more bytes than the limit."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self) -> None:
        megabytes = settings.CANVAS_MAX_FILE_BYTES / 1_000_000
        super().__init__(f"This image is too large. Up to {megabytes:g} MB can be used.")


class UnsupportedError(APIException):
    """415: not an accepted image format."""

    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE
    default_code = "unsupported_image"


class RefusedError(APIException):
    """400: an image, but damaged or too big."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "refused_image"


class FileListView(CanvasView):
    """The images of one board."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="files_list",
        parameters=[PUBLIC_PARAMETER],
        responses={
            200: FileSerializer(many=True),
            404: OpenApiResponse(ProblemSerializer, "No such board."),
        },
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List them, oldest first."""
        board, access = visible_board(request, board_id, entry=entry_of(request))
        files = files_for(board, can_edit=access.can_edit)
        return Response(FileSerializer(files, many=True).data)


class FileView(CanvasView):
    """One image. Visitors of public links may use it too: the board's permissions decide."""

    permission_classes = (AllowAny,)
    throttle_scope = "file_upload"

    def get_throttles(self) -> list[BaseThrottle]:
        """Only uploads are limited."""
        return [ScopedThrottle()] if self.request.method == "PUT" else []

    @extend_schema(
        operation_id="files_retrieve",
        parameters=[ID_PARAMETER, PUBLIC_PARAMETER],
        responses={
            **{(200, mime): OpenApiTypes.BINARY for mime in sorted(ACCEPTED_MIMES)},
            404: OpenApiResponse(ProblemSerializer, "No such board or file."),
        },
    )
    def get(self, request: Request, board_id: UUID, file_id: str) -> HttpResponseBase:
        """Read an image's bytes."""
        board, access = visible_board(request, board_id, entry=entry_of(request))
        row = file_kept(board, file_id)
        if row is None or (row.is_withdrawn and not access.can_edit):
            raise NotFound("There is no such file on this board.")
        etag = etag_of(row.pk)
        return not_modified(request, etag) or _image_response(request, row, etag)

    @extend_schema(
        operation_id="files_upload",
        parameters=[ID_PARAMETER, PUBLIC_PARAMETER],
        request={ANY_BYTES: OpenApiTypes.BINARY},
        responses={
            200: OpenApiResponse(FileSerializer, "It was here already."),
            201: FileSerializer,
            400: OpenApiResponse(ProblemSerializer, "A malformed id or a damaged image."),
            403: OpenApiResponse(ProblemSerializer, "You may not edit this board."),
            404: OpenApiResponse(ProblemSerializer, "No such board."),
            413: OpenApiResponse(ProblemSerializer, "Too many bytes, or the board is full."),
            429: QUOTA_RESPONSES[429],
            415: OpenApiResponse(ProblemSerializer, "Not an image of an accepted kind."),
        },
    )
    def put(self, request: Request, board_id: UUID, file_id: str) -> Response:
        """Upload an image's bytes as the body. Repeating it changes nothing. They may also be sent
        under their own type, such as `image/png`."""
        board, access = visible_board(request, board_id, entry=entry_of(request))
        if not access.can_edit:
            raise PermissionDenied("You may look at this board, but not change it.")
        _check_headers(request)
        try:
            stream = cast(BinaryIO, request._request)
            row, is_new = file_store(
                board=board,
                file_id=file_id,
                stream=stream,
                user=request.user,
                record=guarded_record(request, board, "image"),
            )
        except ValidationError as error:
            raise RefusedError(error.messages[0]) from error
        except FileTooLargeError as error:
            raise TooLargeError from error
        except NotAnImageError as error:
            raise UnsupportedError(str(error)) from error
        except ImageRefusedError as error:
            raise RefusedError(str(error)) from error
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(FileSerializer(row).data, status=code)


def _check_headers(request: Request) -> None:
    """Refuse by the headers, before the body is read."""
    mime = (request.content_type or "").partition(";")[0].strip().lower()
    if mime == "image/svg+xml":
        raise UnsupportedError(f"SVG images can hold scripts. {ACCEPTED_TEXT} can be used.")
    if mime not in {ANY_BYTES, *ACCEPTED_MIMES}:
        raise UnsupportedMediaType(mime, f"Only {ACCEPTED_TEXT} can be used.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.CANVAS_MAX_FILE_BYTES:
        raise TooLargeError


def _image_response(request: Request, row: BoardFile, etag: str) -> HttpResponseBase:
    size = row.path.stat().st_size
    response = answer_of(request, pieces_of_file(row.path), row.mime, size)
    for header, value in cache_headers(etag).items():
        response.headers[header] = value
    name = f"{row.file_id}.{EXTENSIONS[row.mime]}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = FILE_SECURITY_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
