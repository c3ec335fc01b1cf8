"""What the REST views of a document share: permission checks and error answers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from boards.access.resolve import Entry
from boards.api.conditions import ChangedError
from boards.api.permissions import visible_board
from boards.api.problems import ProblemSerializer
from boards.api.responses import NOT_FOUND_RESPONSE
from boards.limits.expensive import LOOK_AGAIN_SECONDS, count_expensive, expensive_work, who_asks
from boards.models import Board
from sync.document.yjs import DocumentError
from sync.programs.committing import ConflictError, NotAllowedError, NotExpectedError
from sync.programs.shared_reads import Encoded, Key, shared_reads
from sync.storage.log import BoardGoneError, LogDamagedError
from sync.wire.frames import MalformedError

EDITORS_ONLY = "You may look at this board, but not change it."
READ_REFUSALS = {
    404: NOT_FOUND_RESPONSE,
    429: OpenApiResponse(ProblemSerializer, "Too often; `Retry-After` says when to come back."),
    503: OpenApiResponse(
        ProblemSerializer,
        "Too much at once, then with `Retry-After`; or the stored document is damaged.",
    ),
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


class RefusedError(APIException):
    """400: it violates a rule of the document."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "refused"


class ConflictingError(APIException):
    """409: it builds on updates that the board does not have."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class TooBigError(APIException):
    """413: more than one update may hold."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "This is too big for one update."
    default_code = "too_big"


class UnavailableError(APIException):
    """503: the board cannot be read now."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "This board cannot be read now."
    default_code = "unavailable"


class UpdateParser(BaseParser):
    """Reads a Yjs update from the body, up to CANVAS_MAX_UPDATE_BYTES."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The bytes of the body. Raises TooBigError."""
        data: bytes = stream.read(settings.CANVAS_MAX_UPDATE_BYTES + 1)
        if len(data) > settings.CANVAS_MAX_UPDATE_BYTES:
            raise TooBigError
        return data


def editable_board(request: Request, board_id: UUID) -> Board:
    """The board, for people with edit access; 404 for strangers, 403 for viewers and commenters."""
    board, access = visible_board(request, board_id)
    if not access.can_edit:
        raise PermissionDenied(EDITORS_ONLY)
    return board


def shared_read(request: Request, key: Key, make: Callable[[], Encoded]) -> Encoded:
    """The encoding of a whole board, made once for everyone who asks, and limited for each person.

    Raises OverloadedError, and what `document_errors` tells.
    """
    who = who_asks(request._request, request.user)
    count_expensive(who)
    started = time.monotonic()
    with document_errors():
        result = shared_reads.read(key, who, make)
    look_again(request, key.board_id, started)
    return result


def look_again(
    request: Request, board_id: UUID, started: float, *, entry: Entry = Entry.BOARD
) -> None:
    """Checks access again for a reader who had to wait. Raises as `visible_board`."""
    if time.monotonic() - started > LOOK_AGAIN_SECONDS:
        visible_board(request, board_id, entry=entry)


@contextmanager
def expensive(request: Request, board_id: UUID) -> Iterator[None]:
    """Runs work of an editor on a whole board when there is a place for it.

    Raises OverloadedError, and as `editable_board`.
    """
    who = who_asks(request._request, request.user)
    count_expensive(who)
    started = time.monotonic()
    with expensive_work(who):
        if time.monotonic() - started > LOOK_AGAIN_SECONDS:
            editable_board(request, board_id)
        yield


@contextmanager
def document_errors() -> Iterator[None]:
    """Turns what the engine raises into answers that say what to do."""
    try:
        yield
    except NotAllowedError:
        raise PermissionDenied(EDITORS_ONLY) from None
    except NotExpectedError:
        raise ChangedError from None
    except MalformedError as error:
        raise RefusedError(f"Not accepted: {error.reason}.") from None
    except ConflictError as error:
        raise ConflictingError(str(error)) from None
    except BoardGoneError:
        raise NotFound from None
    except (DocumentError, LogDamagedError):
        raise UnavailableError from None
