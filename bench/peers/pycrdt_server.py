"""pycrdt-websocket as its documentation starts it on an ASGI server, without persistence."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from pycrdt.websocket import (  # type: ignore[import-not-found]  # in bench/.venv alone
    ASGIServer,
    WebsocketServer,
)

websocket_server = WebsocketServer(auto_clean_rooms=True)
rooms = ASGIServer(websocket_server)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """The rooms' task group lives as long as the server."""
    async with websocket_server:
        yield


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The peer's own application, with the life span that its task group needs."""
    if scope["type"] != "lifespan":
        await rooms(scope, receive, send)
        return
    await receive()
    async with running():
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
    )
