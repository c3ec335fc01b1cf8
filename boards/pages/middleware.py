"""Security headers of every page, and answers to refusals."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from accounts.limits.refusals import RefusalError

_DIRECTIVES = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the canvas subsets its fonts with WebAssembly
        "style-src 'self' 'unsafe-inline'",  # the canvas positions its tools with style attributes
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


def content_security_policy(frame_ancestors: str = "'none'") -> str:
    """What a page may load and run, and which sites may embed it."""
    return f"{_DIRECTIVES}; frame-ancestors {frame_ancestors}"


def may_be_embedded(response: HttpResponse) -> HttpResponse:
    """Lets sites that the operator listed embed the response. For boards only."""
    if settings.CANVAS_EMBED_ORIGINS:
        ancestors = " ".join(("'self'", *settings.CANVAS_EMBED_ORIGINS))
        response.headers["Content-Security-Policy"] = content_security_policy(ancestors)
        response.xframe_options_exempt = True  # it takes no list
    return response


class SecurityHeadersMiddleware:
    """Adds a Content-Security-Policy, unless a view set a stricter one, and keeps answers out of
    caches, unless a view says how long they may be cached.

    Django's own middleware sets Referrer-Policy, X-Content-Type-Options and X-Frame-Options.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class RefusalMiddleware:
    """Answers a `RefusalError`: with JSON below /api/, with a page elsewhere.

    Views look up what an address names before they work on it. What is missing later was deleted in
    the meantime, so it is a 404, as in `boards.api.errors`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if isinstance(exception, ObjectDoesNotExist):
            return page_not_found(request, exception)
        if not isinstance(exception, RefusalError):
            return None
        response: HttpResponse
        if request.path_info.startswith("/api/"):
            body = {"detail": str(exception), "code": exception.code}
            response = JsonResponse(body, status=exception.status)
        else:
            context = {"text": str(exception)}
            response = render(request, "refused.html", context, status=exception.status)
        if exception.retry_after_seconds is not None:
            response.headers["Retry-After"] = str(exception.retry_after_seconds)
        response.headers["Cache-Control"] = "no-store"
        return response
