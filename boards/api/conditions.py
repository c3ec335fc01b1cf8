"""Conditional requests (RFC 9110, 13.1); a sequence number identifies the state."""

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


class ChangedError(APIException):
    """412: the board is not in the state that the request expects."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "The board has changed since. Read it again and repeat."
    default_code = "changed"


def etag_of(*parts: object) -> str:
    """The ETag of a state. It is strong, so that writers can insist on it.

    The bytes of a Yjs update of the same state may be in another order at each read; applied, they
    give the same document.
    """
    return f'"{".".join(map(str, parts))}"'


def not_modified(request: Request, etag: str) -> HttpResponse | None:
    """The answer to a reader who has this state already, else None. Raises `ChangedError`."""
    if not _is_matched(request, etag):
        raise ChangedError
    if not _is_known(request, etag):
        return None
    return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=cache_headers(etag))


def cache_headers(etag: str) -> dict[str, str]:
    """Headers that let programs keep the answer and revalidate it. Browsers store nothing: the disk
    of a shared computer is no place for someone's board."""
    return {"ETag": etag, "Cache-Control": "no-store"}


def expected_by(request: Request) -> Callable[[int], bool]:
    """A check of the sequence that a writer expects; call it when the sequence can't change any
    more."""

    def expects(seq: int) -> bool:
        etag = etag_of(seq)
        return _is_matched(request, etag) and not _is_known(request, etag)

    return expects


def _is_matched(request: Request, etag: str) -> bool:
    """If-Match: missing, `*`, or exactly one of the list; weak validators never match."""
    wanted = _listed(request, "If-Match")
    return wanted is None or "*" in wanted or etag in wanted


def _is_known(request: Request, etag: str) -> bool:
    """If-None-Match: `*`, or one of the list, weak or not."""
    known = _listed(request, "If-None-Match") or []
    return "*" in known or etag in (one.removeprefix("W/") for one in known)


def _listed(request: Request, header: str) -> list[str] | None:
    value: Any = request.headers.get(header)
    return None if value is None else parse_etags(value)
