"""The ASGI application: HTTP through Django, sockets through the consumers, and a clean
shutdown.
"""

import os
import re
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")
# Otherwise a panic inside pycrdt prints its whole stack to the log.
os.environ.setdefault("RUST_BACKTRACE", "0")

from canvas_project.asgi_handler import get_asgi_application

http_application = get_asgi_application()  # must come before anything that needs the app registry

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from audit.origin import request_of_scope  # noqa: E402
from canvas_project.body_encoding import OnlyPlainUtf8  # noqa: E402
from canvas_project.body_limit import BodyBudget, BodyLimit  # noqa: E402
from canvas_project.path_prefix import PathPrefix  # noqa: E402
from canvas_project.postgres_sessions import end_with_their_server  # noqa: E402
from canvas_project.private_files import make_new_files_private  # noqa: E402
from canvas_project.proxy_checks import note_socket  # noqa: E402
from canvas_project.request_turns import RequestTurns  # noqa: E402
from sync.access.handshake import is_origin_allowed  # noqa: E402
from sync.rooms.process import close_rooms  # noqa: E402
from sync.sockets.routing import websocket_urlpatterns  # noqa: E402
from sync.wire.close_codes import CloseCode  # noqa: E402

# Also under servers other than `serve`.
make_new_files_private()
end_with_their_server()

MAX_BODY_BYTES = max(settings.CANVAS_MAX_FILE_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE) + 65_536
ROOM_PATH = re.compile(r"/ws/(canvas|events)/[^/]+/?")
IMPORT_PATH = re.compile(r"/api/v1/boards/([0-9a-f-]{36}/)?import/?")
DOCUMENT_PATH = re.compile(r"/api/v1/boards/[0-9a-f-]{36}/(document|elements|files/[^/]+)/?")
LIBRARY_IMPORT_PATH = re.compile(r"/api/v1/libraries/[^/]+/import/?")
LIBRARY_ITEM_PATH = re.compile(r"/api/v1/libraries/[^/]+/items/[0-9a-f-]{36}/?")
PICTURE_PATH = "/account/picture"
FORM_BYTES = 4096
"""What a form adds to the file in it."""


def max_body_bytes(path: str) -> int:
    """The largest body at an address: only requests that carry a drawing may be large."""
    if LIBRARY_IMPORT_PATH.fullmatch(path):
        return settings.CANVAS_MAX_LIBRARY_BYTES
    if LIBRARY_ITEM_PATH.fullmatch(path):
        return settings.CANVAS_MAX_LIBRARY_ITEM_BYTES + FORM_BYTES
    if is_import(path):
        return settings.CANVAS_MAX_IMPORT_BYTES
    if DOCUMENT_PATH.fullmatch(path):
        return MAX_BODY_BYTES
    if path.rstrip("/") == PICTURE_PATH:
        return settings.CANVAS_MAX_PICTURE_BYTES + FORM_BYTES
    if path.startswith("/admin/"):
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return settings.CANVAS_MAX_BODY_BYTES


def is_import(path: str) -> bool:
    """Whether a body at this address is a file that is read piece by piece."""
    return any(one.fullmatch(path) for one in (IMPORT_PATH, LIBRARY_IMPORT_PATH))


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Handles the lifespan events; at shutdown, commits what is queued."""
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif event["type"] == "lifespan.shutdown":
            await close_rooms()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def no_such_socket(scope: Any, receive: Any, send: Any) -> None:
    """Refuses the handshake of a socket at an unknown address."""
    await receive()
    await send({"type": "websocket.close"})


async def no_such_board(scope: Any, receive: Any, send: Any) -> None:
    """Closes a socket whose address has an impossible board id, with a reason.

    A failed handshake tells a client nothing; it can only read the code of a close frame.
    """
    await receive()
    if is_origin_allowed(scope):
        await send({"type": "websocket.accept"})
        code, reason = int(CloseCode.BOARD_GONE), "There is no such board: ids of boards are UUIDs."
        await send({"type": "websocket.close", "code": code, "reason": reason})
    else:
        await send({"type": "websocket.close"})


class _Sockets:
    """Routes sockets; an unknown address is refused, not logged as an error.

    The path is Django's, so that under a path prefix sockets are found where pages are.
    """

    def __init__(self) -> None:
        self._router = URLRouter(websocket_urlpatterns)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = request_of_scope(scope).path_info
        note_socket(scope)
        try:
            routed: Any = {**scope, "path": path, "root_path": ""}
            await self._router(routed, receive, send)
        except ValueError as error:
            if "No route found" not in str(error):
                raise
            refuse = no_such_board if ROOM_PATH.fullmatch(path) else no_such_socket
            await refuse(scope, receive, send)


application = PathPrefix(
    ProtocolTypeRouter(
        {
            "http": OnlyPlainUtf8(
                BodyLimit(
                    RequestTurns(http_application, at_once=settings.CANVAS_REQUESTS_AT_ONCE),
                    max_body_bytes,
                    BodyBudget(settings.CANVAS_BODIES_AT_ONCE_BYTES),
                    is_read_from_disk=is_import,
                    disk_budget=BodyBudget(2 * settings.CANVAS_MAX_IMPORT_BYTES),
                )
            ),
            "websocket": _Sockets(),
            "lifespan": lifespan,
        }
    )
)
