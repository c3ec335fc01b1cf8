"""The thumbnail of a board."""

import time
from uuid import UUID

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from boards.entry.board import HiddenBoardError
from boards.lifecycle.templates import BoardTemplate
from boards.limits.expensive import LOOK_AGAIN_SECONDS, count_expensive, who_asks
from boards.models import Board
from boards.pages.common import seen_board
from sync.document.yjs import DocumentError
from sync.drawing.elements import encode_element
from sync.drawing.scene import order_of
from sync.drawing.templates import template_elements
from sync.drawing.thumbnail import picture_of, thumbnail
from sync.programs.documents import document_read
from sync.programs.encodings import living_elements
from sync.programs.shared_reads import Encoded, Key, shared_reads
from sync.scheduler import Steps
from sync.storage.attempts import counted_load
from sync.storage.log import BoardGoneError, LogDamagedError

RENDERER = 1
"""Increase this when pictures change, so that old ones are no longer shown."""
KEPT_SECONDS = 30 * 24 * 3600
SMALL_BYTES = 100_000
"""Below this size a picture takes a few milliseconds, once for each state of a board, so that a
list of dozens of boards does not wait behind readers of large ones.
"""
MAX_ATTEMPTS = 4
"""Each attempt may take twice as long as the one before; the result of the last is final."""
# Opened on its own, the SVG can run nothing and load nothing.
SECURITY_POLICY = "default-src 'none'; sandbox"


@require_safe
def board_thumbnail(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """The thumbnail, for people who may see the board. Its ETag is the document's head."""
    board, _ = seen_board(request, board_id, is_visit=False)
    etag = _etag(board.head_seq)
    not_modified = get_conditional_response(request, etag=etag)
    if not_modified is not None:
        return not_modified
    kept: str | None = caches["thumbnails"].get(_key(board_id, board.head_seq))
    if kept is not None:
        return _named(kept, board.head_seq)
    drawn = _draw(board_id) if board.document_bytes < SMALL_BYTES else _draw_queued(request, board)
    svg = drawn.body.decode()
    return _named(svg, drawn.seq) if drawn.is_kept else _picture(svg, "no-store")


def _draw_queued(request: HttpRequest, board: Board) -> Encoded:
    """The thumbnail of a large board, drawn when there is a place for it.

    Raises OverloadedError and `Http404`.
    """
    who = who_asks(request)
    count_expensive(who)
    key = Key(board.pk, board.head_seq, "thumbnail")
    started = time.monotonic()
    drawn = shared_reads.read(key, who, lambda: _draw(board.pk))
    if time.monotonic() - started > LOOK_AGAIN_SECONDS:
        seen_board(request, board.pk, is_visit=False)
    return drawn


def _named(svg: str, seq: int) -> HttpResponse:
    """Browsers revalidate each time: the browser's next user may not be allowed to see the
    board.
    """
    response = _picture(svg, "private, no-cache")
    response.headers["ETag"] = _etag(seq)
    return response


@require_safe
def template_picture(request: HttpRequest, name: str) -> HttpResponse:
    """What a board from this template starts with, in the language of the request."""
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


def _draw(board_id: UUID) -> Encoded:
    """The thumbnail, and the sequence it shows. Raises `Http404`.

    A picture that ran out of time is not cached, and the next attempt gets more time.
    """
    steps = Steps()
    try:
        with counted_load(board_id), document_read(board_id) as (document, head):
            elements = [one for part in living_elements(document, steps) for one in part]
            background = document.entry("meta", "viewBackgroundColor")
    except (BoardGoneError, DocumentError, LogDamagedError) as error:
        raise HiddenBoardError from error
    cache, key = caches["thumbnails"], _key(board_id, head.seq)
    attempts: int = cache.get(f"{key}:attempts", 0)
    picture = picture_of(
        sorted(elements, key=order_of),
        background,
        time_factor=2**attempts,
        end_step=steps.end_step,
    )
    is_final = picture.is_whole or attempts >= MAX_ATTEMPTS
    if is_final:
        cache.set(key, picture.svg, KEPT_SECONDS)
    else:
        cache.set(f"{key}:attempts", attempts + 1, KEPT_SECONDS)
    return Encoded(picture.svg.encode(), head.seq, is_kept=is_final)


def _key(board_id: UUID, seq: int) -> str:
    return f"{board_id.hex}:{seq}:{RENDERER}"


def _etag(seq: int | str) -> str:
    return f'"{seq}.{RENDERER}"'
