"""Error answers outside views: JSON below /api/, a page elsewhere."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views import defaults

NOT_FOUND = "There is nothing at this address; /api/schema lists all there are."
BAD_REQUEST = "This request cannot be understood."
STORAGE_UNAVAILABLE = "The storage does not answer now; try again in a moment."
RETRY_SECONDS = "2"
SERVER_ERROR = "Something went wrong here. It was logged; try again in a moment."


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404."""
    if _is_api(request):
        return JsonResponse({"detail": NOT_FOUND}, status=404)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400; 413 for a body that is too long."""
    if _is_api(request) and isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1_000_000
        text = f"This request is too big. Up to {limit:g} MB are taken here; send it in parts."
        return JsonResponse({"detail": text}, status=413)
    if _is_api(request):
        return JsonResponse({"detail": BAD_REQUEST}, status=400)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500; 503 while the database restarts or does not answer."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _storage_unavailable(request)
    if _is_api(request):
        return JsonResponse({"detail": SERVER_ERROR}, status=500)
    return defaults.server_error(request)


def _storage_unavailable(request: HttpRequest) -> HttpResponseBase:
    response: HttpResponseBase = (
        JsonResponse({"detail": STORAGE_UNAVAILABLE})
        if _is_api(request)
        else defaults.server_error(request)
    )
    response.status_code = 503
    response["Retry-After"] = RETRY_SECONDS
    return response


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
