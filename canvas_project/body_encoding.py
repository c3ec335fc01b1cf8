"""Refuses HTTP requests in another charset than UTF-8, and compressed ones.

Django decodes the query and the body with whichever charset the client names, the query before any
middleware runs. Some that Python knows are no texts, and one takes minutes for a megabyte. It does
not unpack a body, so that a compressed one would be read as something else; limits count what came.
"""

from typing import Any

from django.utils.http import parse_header_parameters

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_CHARSET = b'{"detail": "Send it in UTF-8."}'
_COMPRESSED = b'{"detail": "Send it without a Content-Encoding: the server unpacks no bodies."}'


class OnlyPlainUtf8:
    """Wraps an ASGI application; a request in another charset or coding gets 415, unread."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes the request on unless it names another charset or a coding."""
        if not _is_plain(scope):
            await _refuse(send, _COMPRESSED)
        elif not _is_utf8(scope):
            await _refuse(send, _CHARSET)
        else:
            await self._application(scope, receive, send)


async def _refuse(send: Any, text: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(text)).encode()),
        # What would be taken, as https://www.rfc-editor.org/rfc/rfc7694 has it.
        (b"accept-encoding", b"identity"),
        (b"connection", b"close"),  # the body stays unread
    ]
    await send({"type": "http.response.start", "status": 415, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _is_plain(scope: Any) -> bool:
    values = [value for name, value in scope["headers"] if name.lower() == b"content-encoding"]
    codings = b",".join(values).lower().split(b",")
    return {one.strip() for one in codings} <= {b"", b"identity"}


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
