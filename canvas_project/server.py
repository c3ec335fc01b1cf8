"""uvicorn's server with our own listening sockets, protocols and way of stopping."""

import asyncio
import gc
import logging
import socket
import sys
from typing import Any

import uvicorn
from django.conf import settings
from uvicorn.config import STARTUP_FAILURE

from canvas_project.connections import Connections, Place, connections_of_this_process
from canvas_project.http import GuardedHttpProtocol
from canvas_project.listener import Listener, listening_sockets
from canvas_project.websocket import DirectProtocol
from sync.low_priority import restore_priority
from sync.rooms.process import close_rooms

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 8
"""Time for queued edits and open sockets, and again for everything else that uvicorn serves."""

LOOK_AT_OLDEST_TICKS = 600
"""Ticks of a tenth of a second."""
SPARE_OBJECTS = 10_000
"""So many more old objects are no reason to collect them: a few megabytes."""

SWITCH_SECONDS = 0.0002
"""How long a busy thread keeps Python's global lock from one that waits for it. The commit
thread gives the lock up at each statement, a dozen times for a few boards, and each time waits
that long to get it back: with Python's five milliseconds, a busy request made people wait 50 ms.
"""


class Server(uvicorn.Server):
    """A server that accepts fairly, prints how to get in, and closes its rooms before it stops."""

    welcome = ""
    is_stuck = False

    def __init__(self, config: uvicorn.Config, connections: Connections | None = None) -> None:
        super().__init__(config)
        self._connections = connections or connections_of_this_process()
        self._beginning: set[asyncio.Task[None]] = set()
        self._oldest_count = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, and says so; exits when the application or the address is not to be had."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        try:
            listening = sockets or listening_sockets(self.config.host, self.config.port)
        except OSError as error:
            logger.error("serve: cannot listen: %s", error.strerror)
            await self.lifespan.shutdown()
            sys.exit(STARTUP_FAILURE)
        listener: Any = Listener(listening, self._begin, self._connections)
        self.servers = [listener]
        self.started = True
        sys.setswitchinterval(SWITCH_SECONDS)
        collect_less_often()
        restore_priority()
        sys.stdout.write(self.welcome)
        sys.stdout.flush()

    def _begin(self, connection: socket.socket, place: Place) -> None:
        task = asyncio.create_task(self._connect(connection, place), name="canvas-connection")
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    async def _connect(self, connection: socket.socket, place: Place) -> None:
        protocol = GuardedHttpProtocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        protocol.place = place
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: protocol, connection)
        except OSError:  # it ended while it waited
            connection.close()
            place.free()

    async def on_tick(self, counter: int) -> bool:
        """Collects the youngest objects ten times a second, which is short each time, and what has
        survived that twice a second. All others are collected when they have grown by a quarter.

        Of its own the collector waits for an excess of new objects over freed ones, and then goes
        through all that were made since: 20 to 120 ms while many people come and go.
        """
        gc.collect(1 if counter % 5 == 0 else 0)
        if counter % LOOK_AT_OLDEST_TICKS == 0:
            self._collect_oldest()
        return await super().on_tick(counter)

    def _collect_oldest(self) -> None:
        count = len(gc.get_objects(generation=2))
        if count > self._oldest_count * 1.25 + SPARE_OBJECTS:
            gc.collect()
            self._oldest_count = len(gc.get_objects(generation=2))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the WebSockets with a retryable code before uvicorn closes them in its own way."""
        for server in self.servers:
            server.close()
        self._end_idle_requests()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await close_rooms()
        except TimeoutError:
            # What is not committed was never confirmed: the pages send it again.
            logger.error("stop: the rooms did not close in time")
            self.is_stuck = True
            self.force_exit = True
        await super().shutdown(sockets)

    def _end_idle_requests(self) -> None:
        """A proxy would send new requests and sockets on connections that it keeps open."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, GuardedHttpProtocol):
                connection.shutdown()


def server_config(host: str, port: int) -> uvicorn.Config:
    """The uvicorn configuration; docs/adr/0002-server.md has the reasons.

    The frame limit is above the application's own, so that a frame slightly too big gets a close
    code with the reason.
    """
    return uvicorn.Config(
        "canvas_project.asgi:application",
        host=host,
        port=port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=GuardedHttpProtocol,
        ws=DirectProtocol,
        ws_max_size=2 * settings.CANVAS_MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        lifespan="on",
        access_log=False,  # it would print query strings, which may contain tokens
        server_header=False,
        proxy_headers=False,
        log_config=None,
        # Longer than a proxy's, which might otherwise send a request on a closing connection.
        timeout_keep_alive=settings.CANVAS_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def collect_less_often() -> None:
    """Excludes everything loaded so far from garbage collection, and collects less often.

    By default the collector also runs after every 700 new objects, which under load is many times a
    second for almost no garbage: objects of the hot path are freed by reference counting.
    `Server.on_tick` collects before these thresholds are reached.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
