"""The small picture of a board for lists."""

from threading import BoundedSemaphore
from uuid import UUID

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from boards.board_templates import BoardTemplate
from boards.views.common import NOT_FOUND_MESSAGE, seen_board
from sync.board_templates import template_elements
from sync.document import DocumentError
from sync.elements import encode_element
from sync.log import BoardGone, LogDamaged
from sync.quarantine import counted_load
from sync.thumbnail import thumbnail
from sync.writes import document_now

RENDERER = 1
"""To be raised when pictures look different, so that old ones are not shown any more."""
KEPT_SECONDS = 30 * 24 * 3600
WAIT_SECONDS = 10
# Opened by itself it can run nothing and load nothing.
SECURITY_POLICY = "default-src 'none'; sandbox"

# Drawing takes the processor from the sockets of this process, so it is done one by one.
_drawing = BoundedSemaphore(1)


@require_safe
def board_thumbnail(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """The picture, for who may see the board. Its ETag is the head of the document."""
    board = seen_board(request, board_id)
    etag = _etag(board.head_seq)
    not_modified = get_conditional_response(request, etag=etag)
    if not_modified is not None:
        return not_modified
    kept = caches["thumbnails"].get(_key(board_id, board.head_seq))
    if kept is None:
        if not _drawing.acquire(timeout=WAIT_SECONDS):
            return HttpResponse(status=503, headers={"Retry-After": "5"})
        try:
            # Others may have waited for the same picture.
            kept, seq = caches["thumbnails"].get(_key(board_id, board.head_seq)), board.head_seq
            if kept is None:
                kept, seq = _draw(board_id)
        finally:
            _drawing.release()
        etag = _etag(seq)
    # Under the address that names this state it never changes.
    is_named = etag == _etag(request.GET.get("v", ""))
    response = _picture(kept, f"private, {'max-age=604800' if is_named else 'no-cache'}")
    response.headers["ETag"] = etag
    return response


@require_safe
def template_picture(request: HttpRequest, name: str) -> HttpResponse:
    """What a board from this template begins with, in the language of the request."""
    if name not in BoardTemplate.values:
        raise Http404
    elements = template_elements(BoardTemplate(name))
    groups = {element["id"]: encode_element(element) for element in elements}
    return _picture(thumbnail({"elements": groups, "meta": {}}), "private, max-age=86400")


def _picture(svg: str, cache_control: str) -> HttpResponse:
    response = HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")
    response.headers["Cache-Control"] = cache_control
    response.headers["Content-Security-Policy"] = SECURITY_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _draw(board_id: UUID) -> tuple[str, int]:
    """The picture, and the sequence of what it shows. Raises ``Http404``."""
    try:
        with counted_load(board_id):
            document, head = document_now(board_id)
            picture = thumbnail(document.content())
    except (BoardGone, DocumentError, LogDamaged) as error:
        raise Http404(NOT_FOUND_MESSAGE) from error
    caches["thumbnails"].set(_key(board_id, head.seq), picture, KEPT_SECONDS)
    return picture, head.seq


def _key(board_id: UUID, seq: int) -> str:
    return f"{board_id.hex}:{seq}:{RENDERER}"


def _etag(seq: int | str) -> str:
    return f'"{seq}.{RENDERER}"'
