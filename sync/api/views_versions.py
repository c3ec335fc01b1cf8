"""The restore points of a board."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import validated
from boards.api.permissions import actor_of, guarded_record
from boards.api.streams import answer_of, pieces_of
from boards.models import Board
from sync.api.base import (
    READ_REFUSALS,
    WRITE_REFUSALS,
    document_errors,
    editable_board,
    expensive,
    shared_read,
)
from sync.api.serializers import SequenceSerializer, VersionDrawingSerializer, VersionSerializer
from sync.models import Version
from sync.programs.shared_reads import Key
from sync.programs.versions import (
    VersionGoneError,
    version_create,
    version_elements,
    version_rename,
    version_restore,
)

MAX_LISTED = 500
REFUSALS = {code: WRITE_REFUSALS[code] for code in (403, 404)}
NO_SUCH_VERSION = "This board has no such version."


class VersionsView(CanvasView):
    """The list, and new ones."""

    @extend_schema(
        operation_id="versions_list",
        responses={200: VersionSerializer(many=True), **REFUSALS},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List them, newest first. Needs edit access: versions hold what was deleted since."""
        board = editable_board(request, board_id)
        rows = board.versions.select_related("author").defer("payload")[:MAX_LISTED]
        return Response(VersionSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="versions_create",
        request=VersionSerializer,
        responses={201: VersionSerializer, **WRITE_REFUSALS},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Keep the drawing as it is now, under a name."""
        board = editable_board(request, board_id)
        name = validated(VersionSerializer(data=request.data))["name"]
        with document_errors(), expensive(request, board_id):
            version = version_create(
                board=board,
                name=name,
                author=cast(User, request.user),
                record=guarded_record(request, board, "version"),
            )
        return Response(VersionSerializer(version).data, status=status.HTTP_201_CREATED)


class VersionView(CanvasView):
    """One restore point."""

    @extend_schema(
        operation_id="versions_read",
        responses={200: VersionDrawingSerializer, **READ_REFUSALS, **REFUSALS},
    )
    def get(self, request: Request, board_id: UUID, version_id: int) -> HttpResponseBase:
        """Read it with its elements, for a preview. Needs edit access."""
        board = editable_board(request, board_id)
        version = _version_of(board, version_id)
        key = Key(board.pk, version.seq, f"version {version.pk}")
        with _gone_as_404():
            elements, _, _ = shared_read(request, key, lambda: version_elements(version))
        head = JSONRenderer().render(VersionSerializer(version).data)
        start = head.removesuffix(b"}") + b',"elements":'
        pieces = chain((start,), pieces_of(elements), (b"}",))
        return answer_of(request, pieces, "application/json", len(start) + len(elements) + 1)

    @extend_schema(
        operation_id="versions_rename", request=VersionSerializer, responses=VersionSerializer
    )
    def patch(self, request: Request, board_id: UUID, version_id: int) -> Response:
        """Rename it. A named version is kept for good; one without a name may be thinned out."""
        board = editable_board(request, board_id)
        version = _version_of(board, version_id)
        name = validated(VersionSerializer(data=request.data))["name"]
        with _gone_as_404():
            version_rename(
                version=version, name=name, record=guarded_record(request, board, "version_name")
            )
        return Response(VersionSerializer(version).data)


class VersionRestoreView(CanvasView):
    """Going back to a restore point."""

    @extend_schema(
        operation_id="versions_restore",
        request=None,
        responses={200: SequenceSerializer, **WRITE_REFUSALS},
    )
    def post(self, request: Request, board_id: UUID, version_id: int) -> Response:
        """Restore this drawing for everyone; the present one is kept as a version."""
        board = editable_board(request, board_id)
        version = _version_of(board, version_id)
        with _gone_as_404(), document_errors(), expensive(request, board_id):
            seq = version_restore(
                board=board,
                version=version,
                user=cast(User, request.user),
                by=actor_of(request),
            )
        return Response({"seq": seq})


def _version_of(board: Board, version_id: int) -> Version:
    rows = board.versions.select_related("author").defer("payload")
    version = rows.filter(pk=version_id).first()
    if version is None:
        raise NotFound(NO_SUCH_VERSION)
    return version


@contextmanager
def _gone_as_404() -> Iterator[None]:
    """Answers 404 for versions that were removed while the request waited."""
    try:
        yield
    except VersionGoneError:
        raise NotFound(NO_SUCH_VERSION) from None
