"""What the REST views of a document share: who may, and how refusals are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from boards.api.conditions import Changed
from boards.api.permissions import visible_board
from boards.api.responses import NOT_FOUND_RESPONSE
from boards.api.serializers import ProblemSerializer
from boards.models import Board
from sync.document import DocumentError
from sync.log import BoardGone, LogDamaged
from sync.protocol import Malformed
from sync.writes import Conflict, NotAllowed, NotExpected

EDITORS_ONLY = "You may look at this board, but not change it."
READ_REFUSALS = {
    404: NOT_FOUND_RESPONSE,
    503: OpenApiResponse(ProblemSerializer, "The stored document is damaged; tell the operator."),
}
WRITE_REFUSALS = {
    **READ_REFUSALS,
    403: OpenApiResponse(ProblemSerializer, EDITORS_ONLY),
    409: OpenApiResponse(ProblemSerializer, "It does not follow on what the board holds."),
    413: OpenApiResponse(ProblemSerializer, "More than one update may hold."),
}
CHANGED_RESPONSE = OpenApiResponse(ProblemSerializer, "The state is not the one asked for.")
CONDITIONAL_WRITE = {**WRITE_REFUSALS, 412: CHANGED_RESPONSE}
CONDITIONAL_READ: dict[Any, Any] = {
    **READ_REFUSALS,
    304: OpenApiResponse(description="The reader has this state."),
    412: CHANGED_RESPONSE,
}


class Refused(APIException):
    """400: it breaks a rule of the document."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "refused"


class Conflicting(APIException):
    """409: it does not follow on what the board holds."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class TooBig(APIException):
    """413: more than one update may hold."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "This is too big for one update."
    default_code = "too_big"


class Unavailable(APIException):
    """503: the board cannot be read now."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "This board cannot be read now."
    default_code = "unavailable"


class UpdateParser(BaseParser):
    """A Yjs update as it is, up to the limit of one update."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The bytes of the body. Raises TooBig."""
        data: bytes = stream.read(settings.CANVAS_MAX_UPDATE_BYTES + 1)
        if len(data) > settings.CANVAS_MAX_UPDATE_BYTES:
            raise TooBig
        return data


def editable_board(request: Request, board_id: UUID) -> Board:
    """The board for who may edit it: 404 for strangers, 403 for viewers and commenters."""
    board, access = visible_board(request, board_id)
    if not access.can_edit:
        raise PermissionDenied(EDITORS_ONLY)
    return board


@contextmanager
def document_errors() -> Iterator[None]:
    """Turns what the engine raises into answers that say what to do."""
    try:
        yield
    except NotAllowed:
        raise PermissionDenied(EDITORS_ONLY) from None
    except NotExpected:
        raise Changed from None
    except Malformed as error:
        raise Refused(f"Not accepted: {error.reason}.") from None
    except Conflict as error:
        raise Conflicting(str(error)) from None
    except BoardGone:
        raise NotFound from None
    except (DocumentError, LogDamaged):
        raise Unavailable from None
