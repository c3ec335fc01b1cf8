"""Conditional requests as RFC 9110 (13.1) has them; a sequence number names the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request

IF_MATCH = OpenApiParameter("If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER)
IF_NONE_MATCH = OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER)
CONDITIONS = [IF_MATCH, IF_NONE_MATCH]


class Changed(APIException):
    """412: the board is not where the request thinks."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "The board has changed since. Read it again and repeat."
    default_code = "changed"


def etag_of(*parts: object) -> str:
    """The validator of a state. It is strong, so that writers can insist on it.

    The bytes of a Yjs update for one and the same state may stand in another order at each read;
    whoever applies them gets the same document.
    """
    return f'"{".".join(map(str, parts))}"'


def not_modified(request: Request, etag: str) -> HttpResponse | None:
    """What to answer a reader who has this state already. Raises ``Changed``."""
    if not _is_matched(request, etag):
        raise Changed
    if not _is_known(request, etag):
        return None
    return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=cache_headers(etag))


def cache_headers(etag: str) -> dict[str, str]:
    """With them a program may keep what it read and ask whether it is still true.

    Browsers keep nothing: the disk of a shared computer is no place for somebody's board.
    """
    return {"ETag": etag, "Cache-Control": "no-store"}


def expected_by(request: Request) -> Callable[[int], bool]:
    """Whether a writer wants to write on top of a sequence; to be asked where it cannot move."""

    def expects(seq: int) -> bool:
        etag = etag_of(seq)
        return _is_matched(request, etag) and not _is_known(request, etag)

    return expects


def _is_matched(request: Request, etag: str) -> bool:
    """If-Match: missing, ``*``, or one of the list is exactly this; a weak validator never is."""
    wanted = _listed(request, "If-Match")
    return wanted is None or "*" in wanted or etag in wanted


def _is_known(request: Request, etag: str) -> bool:
    """If-None-Match: ``*``, or one of the list is this, weak or not."""
    known = _listed(request, "If-None-Match") or []
    return "*" in known or etag in (one.removeprefix("W/") for one in known)


def _listed(request: Request, header: str) -> list[str] | None:
    value: Any = request.headers.get(header)
    return None if value is None else parse_etags(value)
