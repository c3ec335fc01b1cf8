"""Refuses HTTP requests in another charset than UTF-8.

Django decodes the query and the body with whichever charset the client names, the query before any
middleware runs. Some that Python knows are no texts, and one takes minutes for a megabyte.
"""

from typing import Any

from django.utils.http import parse_header_parameters

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_TEXT = b'{"detail": "Send it in UTF-8."}'


class OnlyUtf8:
    """Wraps an ASGI application; a request in another charset gets 415, unread."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes the request on unless it names another charset."""
        if _is_utf8(scope):
            await self._application(scope, receive, send)
            return
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(_TEXT)).encode()),
            (b"connection", b"close"),  # the body stays unread
        ]
        await send({"type": "http.response.start", "status": 415, "headers": headers})
        await send({"type": "http.response.body", "body": _TEXT})


def _is_utf8(scope: Any) -> bool:
    # As Django reads it: repeated headers are one.
    values = [value for name, value in scope["headers"] if name.lower() == b"content-type"]
    if not values:
        return True
    try:
        parameters = parse_header_parameters(b",".join(values).decode("latin-1"))[1]
    except (ValueError, LookupError):
        return False
    return str(parameters.get("charset", "utf-8")).strip().lower() in _UTF8
