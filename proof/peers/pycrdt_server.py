"""pycrdt-websocket with its SQLite store, which is read when a room opens."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from pycrdt.store import (  # type: ignore[import-not-found]  # in bench/.venv alone
    SQLiteYStore,
    YDocNotFound,
)
from pycrdt.websocket import (  # type: ignore[import-not-found]
    ASGIServer,
    WebsocketServer,
    YRoom,
)


class Store(SQLiteYStore):  # type: ignore[misc]
    """All rooms in one database."""

    db_path = str(Path(os.environ["DATA"]) / "ystore.db")


class Server(WebsocketServer):  # type: ignore[misc]
    """Rooms that are read from the store when they are opened, and written to it."""

    async def get_room(self, name: str) -> Any:
        """The room, with what was stored."""
        if name not in self.rooms:
            store = Store(name)
            room = self.rooms[name] = YRoom(ready=False, ystore=store)
            async with store.start_lock:
                if not store.started.is_set():
                    await self._task_group.start(store.start)
            with suppress(YDocNotFound):
                await store.apply_updates(room.ydoc)
            room.ready = True
        await self.start_room(self.rooms[name])
        return self.rooms[name]


server = Server(auto_clean_rooms=False)
rooms = ASGIServer(server)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """The rooms' task group lives as long as the server."""
    async with server:
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
    uvicorn.run(application, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
