"""REST views of the document as a Yjs update, and as elements."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.conditions import CONDITIONS, cache_headers, etag_of, expected_by, not_modified
from boards.api.permissions import actor_of, visible_board, write_record
from boards.api.problems import ProblemSerializer
from sync.api.base import (
    CONDITIONAL_READ,
    CONDITIONAL_WRITE,
    RefusedError,
    UpdateParser,
    document_errors,
    editable_board,
    shared_read,
)
from sync.api.serializers import (
    BatchResultSerializer,
    DrawingSerializer,
    ElementBatchSerializer,
    SequenceSerializer,
)
from sync.drawing.scene import (
    UnknownElementError,
    elements_change,
    elements_create,
    elements_delete,
)
from sync.programs.encodings import board_elements, board_update
from sync.programs.shared_reads import Encoded, Key
from sync.programs.writes import document_apply, document_change

BINARY: dict[Any, Any] = {
    (200, "application/octet-stream"): OpenApiTypes.BINARY,
    **CONDITIONAL_READ,
}
WRITTEN = {
    200: SequenceSerializer,
    **CONDITIONAL_WRITE,
    400: OpenApiResponse(ProblemSerializer, "No Yjs update, or one that a document may not hold."),
}


class DocumentView(CanvasView):
    """The whole document in Yjs' own encoding."""

    parser_classes = (UpdateParser,)

    @extend_schema(operation_id="document_read", parameters=CONDITIONS, responses=BINARY)
    def get(self, request: Request, board_id: UUID) -> HttpResponse:
        """The state as one Yjs update; its ETag is the sequence."""
        return _read(request, board_id, "document", board_update, "application/octet-stream")

    @extend_schema(
        operation_id="document_update",
        parameters=CONDITIONS,
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=WRITTEN,
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Apply a Yjs update; everyone on the board sees it at once."""
        board = editable_board(request, board_id)
        if not isinstance(request.data, bytes):
            raise RefusedError("Send the update as application/octet-stream.")
        with document_errors():
            seq = document_apply(
                board=board,
                user=cast(User, request.user),
                update=request.data,
                expects=expected_by(request),
                record=write_record(request, board, "document"),
                token=actor_of(request).token,
            )
        return Response({"seq": seq})


class ElementsView(CanvasView):
    """The elements of a board."""

    @extend_schema(
        operation_id="elements_read",
        parameters=CONDITIONS,
        responses={200: DrawingSerializer, **CONDITIONAL_READ},
    )
    def get(self, request: Request, board_id: UUID) -> HttpResponse:
        """Read them, back to front; the ETag is the sequence."""
        return _read(request, board_id, "elements", board_elements, "application/json")

    @extend_schema(
        operation_id="elements_write",
        parameters=CONDITIONS,
        request=ElementBatchSerializer,
        responses={200: BatchResultSerializer, **CONDITIONAL_WRITE},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Create, change and delete elements in one update, live for everyone.

        Sending the same batch again changes nothing: an existing id is updated, a deleted element
        stays deleted.
        """
        board = editable_board(request, board_id)
        serializer = ElementBatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        batch, user = serializer.validated_data, cast(User, request.user)
        created: list[str] = []

        def change(roots: dict[str, Any]) -> None:
            created[:] = elements_create(roots, batch["create"])
            elements_change(roots, batch["change"])
            elements_delete(roots, batch["delete"], user.pk)

        kinds = [f"elements_{kind}" for kind in ("create", "change", "delete") if batch[kind]]
        with document_errors():
            try:
                seq = document_change(
                    board=board,
                    user=user,
                    change=change,
                    expects=expected_by(request),
                    record=write_record(request, board, *kinds),
                    has_limit=bool(batch["create"] or batch["change"]),
                    token=actor_of(request).token,
                )
            except UnknownElementError as error:
                raise RefusedError(f"There is no element {error}.") from None
        return Response({"seq": seq, "created": created})


def _read(
    request: Request,
    board_id: UUID,
    kind: str,
    encode: Callable[[UUID], Encoded],
    media_type: str,
) -> HttpResponse:
    """One encoding of the document, unless the reader has it; its ETag is the sequence."""
    board, _ = visible_board(request, board_id)
    known = not_modified(request, etag_of(board.head_seq))
    if known is not None:
        return known
    key = Key(board.pk, board.head_seq, kind)
    body, seq, _ = shared_read(request, key, lambda: encode(board.pk))
    return HttpResponse(body, media_type, headers=cache_headers(etag_of(seq)))
