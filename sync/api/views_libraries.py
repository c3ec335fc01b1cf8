"""REST views of libraries: those of a person, of their spaces, and of everybody here."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.conditions import cache_headers, etag_of, not_modified
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import actor_of, signed_in
from boards.api.problems import ProblemSerializer
from boards.api.responses import QUOTA_RESPONSES
from boards.api.streams import answer_of, pieces_of
from boards.api.throttles import LibraryThrottle
from boards.libraries.selectors import Place, changed_library, libraries_of, seen_library
from boards.libraries.services import item_change, item_delete, item_put, items_add
from boards.limits.before_body import body_follows, go_on
from boards.limits.expensive import count_expensive, expensive_work, who_asks
from boards.models import Library, LibraryItem
from sync.api.base import RefusedError, TooBigError
from sync.api.serializers import LeftOutSerializer
from sync.api.serializers_libraries import (
    ImportedItemsSerializer,
    ItemChangeSerializer,
    ItemsSerializer,
    LibraryFileSerializer,
    LibrarySerializer,
    NewItemSerializer,
    WrittenItemSerializer,
)
from sync.api.views_files import received
from sync.drawing.file import LeftOut, NotADrawingError, TooManyElementsError
from sync.programs.libraries import MEDIA_TYPE, LibraryFile, library_file, read_item
from sync.scheduler import Steps

KEY = OpenApiParameter(
    "library",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="`mine`, `everybody`, or the id of a space.",
    pattern="^(mine|everybody|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
)
NOT_SEEN = {404: OpenApiResponse(ProblemSerializer, "No such library, or not one of yours.")}
NOT_CHANGED = {
    403: OpenApiResponse(
        ProblemSerializer,
        "Only the owner of its space may change it; everybody's, administrators.",
    ),
    **NOT_SEEN,
}


class LibrariesView(CanvasView):
    """Your libraries."""

    throttle_classes = (LibraryThrottle,)

    @extend_schema(operation_id="libraries_list", responses={200: LibrarySerializer(many=True)})
    def get(self, request: Request) -> Response:
        """List them: your own, those of your spaces, and everybody's. `revision` grows with each
        change of what is in them."""
        return Response(LibrarySerializer(libraries_of(signed_in(request)), many=True).data)


class LibraryItemsView(CanvasView):
    """What is in a library."""

    throttle_classes = (LibraryThrottle,)

    @extend_schema(
        operation_id="library_items_list",
        parameters=[KEY],
        responses={200: ItemsSerializer, 304: None, **NOT_SEEN},
    )
    def get(self, request: Request, library: str) -> HttpResponseBase:
        """Read all of it, in its order. With `If-None-Match`, only what is new to you."""
        row = _row(seen_library(signed_in(request), library))
        etag = _state_of(row)["ETag"]
        if (known := not_modified(request, etag)) is not None:
            return known
        body = b"".join(_pieces(row))
        response = answer_of(request, pieces_of(body), "application/json", len(body))
        for header, value in _state_of(row).items():
            response.headers[header] = value
        return response


class LibraryItemView(CanvasView):
    """One item of a library."""

    throttle_classes = (LibraryThrottle,)

    @extend_schema(
        operation_id="library_items_put",
        parameters=[KEY],
        request=NewItemSerializer,
        responses={
            200: WrittenItemSerializer,
            201: WrittenItemSerializer,
            **NOT_CHANGED,
            **QUOTA_RESPONSES,
        },
    )
    def put(self, request: Request, library: str, item_id: UUID) -> Response:
        """Add an item under an id that you choose, or replace it. Elements of any age are taken."""
        place = changed_library(signed_in(request), library)
        values = validated(NewItemSerializer(data=request.data))
        left_out: list[LeftOut] = []
        with _refusals(), model_errors_as_400():
            item = read_item(values["name"], values["elements"], values["files"], left_out.append)
            row, is_new = item_put(
                place=place,
                key=item_id,
                item=item,
                position=values["position"],
                by=actor_of(request),
            )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return _written(row, code)

    @extend_schema(
        operation_id="library_items_change",
        parameters=[KEY],
        request=ItemChangeSerializer,
        responses={200: WrittenItemSerializer, **NOT_CHANGED},
    )
    def patch(self, request: Request, library: str, item_id: UUID) -> Response:
        """Rename it, or move it between others."""
        place = changed_library(signed_in(request), library)
        values = validated(ItemChangeSerializer(data=request.data))
        with model_errors_as_400():
            row = item_change(
                place=place,
                key=item_id,
                name=values.get("name"),
                position=values.get("position"),
                by=actor_of(request),
            )
        if row is None:
            raise NotFound("This library has no such item.")
        return _written(row)

    @extend_schema(
        operation_id="library_items_delete", parameters=[KEY], responses={204: None, **NOT_CHANGED}
    )
    def delete(self, request: Request, library: str, item_id: UUID) -> Response:
        """Remove it, if it is there."""
        place = changed_library(signed_in(request), library)
        with model_errors_as_400():
            row = item_delete(place=place, key=item_id, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT, headers=_state_of(row))


class LibraryExportView(CanvasView):
    """A library as a file."""

    throttle_classes = (LibraryThrottle,)

    @extend_schema(
        operation_id="library_export",
        parameters=[KEY],
        responses={(200, MEDIA_TYPE): LibraryFileSerializer, **NOT_SEEN},
    )
    def get(self, request: Request, library: str) -> HttpResponseBase:
        """Download it as `.excalidrawlib`."""
        place = seen_library(signed_in(request), library)
        who = who_asks(request._request, request.user)
        count_expensive(who)
        with expensive_work(who):
            body = library_file(_row(place).items.all())
        response = answer_of(request, pieces_of(body), MEDIA_TYPE, len(body))
        response.headers["Content-Disposition"] = 'attachment; filename="library.excalidrawlib"'
        response.headers["Cache-Control"] = "no-store"
        return response


class LibraryParser(BaseParser):
    """Reads an `.excalidrawlib` file from the body, up to CANVAS_MAX_LIBRARY_BYTES."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The body as a file on disk, everything in it checked."""
        limit = settings.CANVAS_MAX_LIBRARY_BYTES
        text = f"This file is too big. Up to {limit / 1_000_000:g} MB can be imported at once."
        file, _ = received(stream, limit, text)
        with _refusals():
            return LibraryFile(file, Steps().end_step)


class NamedLibraryParser(LibraryParser):
    """The same, under the media type that an export has."""

    media_type = MEDIA_TYPE


class LibraryImportView(CanvasView):
    """Imports a file into a library."""

    parser_classes = (LibraryParser, NamedLibraryParser)
    throttle_classes = (LibraryThrottle,)

    @extend_schema(
        operation_id="library_import",
        parameters=[KEY],
        request=dict.fromkeys(("application/json", MEDIA_TYPE), LibraryFileSerializer),
        responses={200: ImportedItemsSerializer, **NOT_CHANGED, **QUOTA_RESPONSES},
    )
    def post(self, request: Request, library: str) -> HttpResponseBase:
        """Add the items of an `.excalidrawlib` file of any version: all of them, or none."""
        place = changed_library(signed_in(request), library)
        if body_follows(request._request):
            return go_on()
        who = who_asks(request._request, request.user)
        count_expensive(who)
        with expensive_work(who):
            file = request.data
            if not isinstance(file, LibraryFile):  # there is no body
                raise RefusedError("This is not a library of Excalidraw.")
            with model_errors_as_400():
                created = items_add(place=place, items=file.items, by=actor_of(request))
        told = LeftOutSerializer([one._asdict() for one in file.left_out], many=True).data
        return Response(
            {"created": created, "left_out": told, "left_out_count": file.left_out_count}
        )


def _state_of(library: Library) -> dict[str, str]:
    """Writers learn the state that they made: if it follows on theirs, they need not read again."""
    return cache_headers(etag_of(library.pk, library.revision))


def _written(row: LibraryItem, code: int = status.HTTP_200_OK) -> Response:
    return Response(WrittenItemSerializer(row).data, code, headers=_state_of(row.library))


def _row(place: Place) -> Library:
    """The library; one without a row is empty."""
    return Library.objects.filter(place.condition).first() or Library(
        pk=UUID(int=0), kind=place.kind, owner=place.owner, space=place.space
    )


def _pieces(row: Library) -> Iterator[bytes]:
    """The answer with all items. Their content is JSON already, and is not parsed for it."""
    yield b'{"revision":%d,"items":[' % row.revision
    separator = b""
    items = LibraryItem.objects.filter(library=row.pk).order_by("position", "key")
    for item in items.iterator(chunk_size=50):
        head = json.dumps({"id": str(item.key), "name": item.name, "position": item.position})
        yield separator + f"{head[:-1]},{item.content[1:]}".encode()
        separator = b","
    yield b"]}"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except TooManyElementsError as error:
        raise TooBigError(str(error)) from None
    except NotADrawingError as error:
        raise RefusedError(str(error)) from None
