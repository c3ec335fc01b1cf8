"""Three servers on one PostgreSQL, with Redis or without."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from proof.chaos.forked import ForkedServer
from proof.chaos.kinds import REDIS
from proof.chaos.proxy import Proxies, Proxy
from proof.chaos.shim import Shim
from proof.chaos.systems import SETTINGS
from tests.network import BACK, COMMAND, FRONT, Cable, Network
from tests.prepared import copy_data
from tests.services import (
    Service,
    postgres_server,
    postgres_standby,
    redis_server,
    shared_settings,
)

SERVERS = 3
REMOTE_SECONDS = 6
LOST_PERCENT = 30
PATIENCE = {"stale_seconds": 15.0, "ghost_seconds": 60.0, "closing_seconds": 10.0}
"""Processes hear of each other within seconds, also when the bus carries nothing."""


class Cluster:
    """Each server reaches PostgreSQL and Redis through proxies of its own, or with a network over a
    cable of its own.
    """

    def __init__(
        self,
        directory: Path,
        data: Path,
        postgres: Path,
        bus: str,
        *,
        is_lossy: bool = False,
        network: Network | None = None,
    ) -> None:
        self.name = f"{SERVERS} servers on PostgreSQL, bus {bus}{', lossy' if is_lossy else ''}"
        self.build = ""
        self.promises: dict[str, Any] = {**PATIENCE, "shows_all": not is_lossy}
        self._stack = ExitStack()
        self._network, back = network, ""
        if network is not None:
            self._stack.callback(network.close)
            back = network.address(BACK)
        self.postgres = self._stack.enter_context(postgres_server(postgres, back))
        self.redis: Service | None = None
        if bus == REDIS:
            self.redis = self._stack.enter_context(redis_server(back))
        self._proxies = Proxies()
        self.to_database: list[Proxy] = []
        self.to_redis: list[Proxy] = []
        self.servers: list[ForkedServer] = []
        self.cables: list[dict[str, Cable]] = []
        """Of each server, by name."""
        self.shim = Shim(directory)
        for number in range(SERVERS):
            own = directory / f"server{number}"
            copy_data(data, own, with_rows=False)
            self.servers.append(self._server(own, number, self._environment(is_lossy)))

    def _server(self, own: Path, number: int, environment: dict[str, str]) -> ForkedServer:
        if self._network is None:
            return ForkedServer(own, **environment)
        host = self._network.address(FRONT, number)
        environment["DJANGO_ALLOWED_HOSTS"] = host
        server = ForkedServer(own, host=host, prefix=COMMAND, **environment)
        self.cables.append(self._network.connect(number, server.forks.pid))
        return server

    def _environment(self, is_lossy: bool) -> dict[str, str]:
        urls = [self._way_to(self.postgres.url, self.to_database)]
        if self.redis is not None:
            urls.append(self._way_to(self.redis.url, self.to_redis))
        lossy = {
            "DJANGO_SETTINGS_MODULE": "tests.settings_lossy",
            "CANVAS_TEST_DROP": str(LOST_PERCENT),
        }
        return {
            **SETTINGS,
            **shared_settings(*urls),
            "CANVAS_PRESENCE_REMOTE_SECONDS": str(REMOTE_SECONDS),
            **(lossy if is_lossy else {}),
        }

    def _way_to(self, url: str, proxies: list[Proxy]) -> str:
        """Over a cable, or through a new proxy."""
        parts = urlsplit(url)
        here = f"{parts.hostname}:{parts.port}"
        if self._network is not None:
            return url.replace(here, f"{self._network.address(BACK)}:{parts.port}")
        proxies.append(self._proxies.to(parts.port or 0))
        return url.replace(here, f"{parts.hostname}:{proxies[-1].port}")

    def fail_over(self, meanwhile: Callable[[], None]) -> None:
        """A standby is made that every commit waits for; PostgreSQL dies, and it takes over."""
        primary = self.postgres
        standby = self._stack.enter_context(postgres_standby(primary))
        meanwhile()
        primary.stop(signal.SIGQUIT)
        with psycopg.connect(standby.url, autocommit=True) as database:
            database.execute("SELECT pg_promote()")
        self.postgres = standby
        for proxy in self.to_database:
            proxy.turn_to(urlsplit(standby.url).port or 0)

    def query(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Asks PostgreSQL itself."""
        with psycopg.connect(self.postgres.url) as database:
            return database.execute(text.replace("?", "%s"), values).fetchall()

    def board_key(self, board: str) -> Any:
        """PostgreSQL knows UUIDs."""
        return UUID(board)

    def heal(self) -> None:
        """Starts what has ended."""
        for cable in (one for cables in self.cables for one in cables.values()):
            cable.plug()
        for proxy in (*self.to_database, *self.to_redis):
            proxy.release()
        for service in (self.postgres, self.redis):
            if service is not None and not service.is_alive():
                service.start()
        for server in self.servers:
            if not server.is_alive():
                server.start(None, self.build or None)

    def close(self) -> None:
        """Ends everything."""
        for server in self.servers:
            server.close()
        self._proxies.close()
        self._stack.close()
