"""Serves everything below one path of a host that other sites share: `CANVAS_PATH_PREFIX`."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

_PROBES = re.compile(r"/(healthz|readyz|metrics)/?")


def path_info_of(scope: Mapping[str, Any]) -> str:
    """The path of a request or socket without the prefix, as routes are written."""
    path: str = scope["path"]
    return path.removeprefix(settings.CANVAS_PATH_PREFIX)


class PathPrefix:
    """Wraps an ASGI application; what lies outside the prefix never reaches it.

    Probes are also answered at the root, where a load balancer asks without knowing the prefix.
    """

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes on what belongs here; leads from the root, and from the bare prefix, to the list
        of boards.
        """
        prefix = settings.CANVAS_PATH_PREFIX
        path = scope.get("path", "")
        if not prefix or scope["type"] == "lifespan" or path.startswith(f"{prefix}/"):
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        elif _PROBES.fullmatch(path):
            await self._application(scope, receive, send)
        elif path in {"", "/", prefix}:
            await _answer(send, 302, f"{prefix}/", [(b"location", f"{prefix}/".encode())])
        else:
            await _answer(send, 404, f"Everything is below {prefix}/ here.", [])


async def _answer(send: Any, status: int, text: str, headers: list[tuple[bytes, bytes]]) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [kind, (b"cache-control", b"no-store"), *headers],
        }
    )
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})
