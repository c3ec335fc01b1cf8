"""Django's ASGI handler, for bodies that come without a `Content-Length`.

A client that streams its body sends it chunked (`Transfer-Encoding: chunked`), and no length.
Django and Django REST framework take a request without a length for one without a body: they would
answer that everything is missing. The length is known once the body is read, so it is added then.
"""

import io
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler

_LENGTH, _CHUNKED = b"content-length", b"transfer-encoding"


class CanvasHandler(ASGIHandler):
    """Gives every request the length that its body turned out to have."""

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
