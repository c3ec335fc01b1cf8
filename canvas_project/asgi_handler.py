"""Django's ASGI handler: one thread for each request, and bodies without a `Content-Length`.

Our middleware, Django's and all views are synchronous. Django's own handler goes to the thread and
back to the event loop where one of them could be asynchronous, several times for each request;
here a request goes there once. Static files never do.

A client that streams its body sends it chunked (`Transfer-Encoding: chunked`), and no length.
Django and Django REST framework take a request without a length for one without a body: they would
answer that everything is missing. The length is known once the body is read, so it is added then.
"""

import io
from collections.abc import Callable
from typing import Any, cast

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

from canvas_project.request_turns import begins_here

_LENGTH, _CHUNKED = b"content-length", b"transfer-encoding"


class CanvasHandler(ASGIHandler):
    """Serves static files, and passes everything else to a thread, with the length of its body."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Builds the chain for threads, whatever Django's handler asks for."""
        super().load_middleware(is_async=False)
        chain = cast("Callable[[HttpRequest], HttpResponseBase]", vars(self)["_middleware_chain"])

        def answer(request: HttpRequest) -> HttpResponseBase:
            begins_here(getattr(request, "scope", {}))
            return chain(request)

        static_or = ServeStaticMiddleware(sync_to_async(answer, thread_sensitive=True))
        self._middleware_chain = convert_exception_to_response(static_or)

    def create_request(self, scope: Any, body_file: Any) -> Any:
        """The request for a body that was read."""
        names = {name.lower() for name, _ in scope["headers"]}
        if _CHUNKED in names:
            size = body_file.seek(0, io.SEEK_END)
            body_file.seek(0)
            # A length sent as well is wrong; parsers ignore it (RFC 9112).
            others = [one for one in scope["headers"] if one[0].lower() != _LENGTH]
            scope = {**scope, "headers": [*others, (_LENGTH, str(size).encode())]}
        return super().create_request(scope, body_file)


def get_asgi_application() -> CanvasHandler:
    """As Django's function of this name."""
    django.setup(set_prefix=False)
    return CanvasHandler()
