"""Streams long answers in pieces, so that slow readers hold little memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

PIECE_BYTES = 65_536
STREAMED_FROM_BYTES = 1_000_000


def answer_of(
    request: Request, pieces: Iterable[bytes], media_type: str, size_bytes: int
) -> HttpResponseBase:
    """An answer of `size_bytes` bytes; long ones are streamed."""
    if size_bytes <= STREAMED_FROM_BYTES:
        return HttpResponse(b"".join(pieces), media_type)
    response = streamed(request, pieces, media_type)
    response.headers["Content-Length"] = str(size_bytes)
    return response


def streamed(request: Request, pieces: Iterable[bytes], media_type: str) -> StreamingHttpResponse:
    """An answer whose length is not known when it begins."""
    # Under ASGI Django would first collect all of a plain iterator.
    is_asgi = isinstance(request._request, ASGIRequest)
    content = _awaited(iter(pieces)) if is_asgi else pieces
    return StreamingHttpResponse(content, content_type=media_type)


def pieces_of(body: bytes) -> Iterator[bytes]:
    """The bytes in pieces, so that they are not copied as a whole for each reader."""
    return (body[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES))


async def _awaited(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    def following() -> bytes | None:
        try:
            return next(pieces, None)
        finally:
            close_old_connections()  # of this thread, which Django does not look after

    try:
        while (piece := await sync_to_async(following, thread_sensitive=False)()) is not None:
            yield piece
    finally:
        # Of a reader who went away: a generator frees what it holds now, not one day.
        if (close := getattr(pieces, "close", None)) is not None:
            await sync_to_async(close, thread_sensitive=False)()


def pieces_of_file(path: Path) -> Iterator[bytes]:
    """The bytes of a file, read while they are sent."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
