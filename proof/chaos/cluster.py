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
    """Each server reaches PostgreSQL and Redis through proxies of its own."""

    def __init__(
        self, directory: Path, data: Path, postgres: Path, bus: str, *, is_lossy: bool
    ) -> None:
        self.name = f"{SERVERS} servers on PostgreSQL, bus {bus}{', lossy' if is_lossy else ''}"
        self.build = ""
        self.promises: dict[str, Any] = {**PATIENCE, "shows_all": not is_lossy}
        self._stack = ExitStack()
        self.postgres = self._stack.enter_context(postgres_server(postgres))
        self.redis: Service | None = None
        if bus == REDIS:
            self.redis = self._stack.enter_context(redis_server())
        self._proxies = Proxies()
        self.to_database: list[Proxy] = []
        self.to_redis: list[Proxy] = []
        self.servers: list[ForkedServer] = []
        self.shim = Shim(directory)
        for number in range(SERVERS):
            own = directory / f"server{number}"
            copy_data(data, own, with_rows=False)
            self.servers.append(ForkedServer(own, **self._environment(is_lossy)))

    def _environment(self, is_lossy: bool) -> dict[str, str]:
        self.to_database.append(self._proxy_to(self.postgres.url))
        urls = [_through(self.to_database[-1], self.postgres.url)]
        if self.redis is not None:
            self.to_redis.append(self._proxy_to(self.redis.url))
            urls.append(_through(self.to_redis[-1], self.redis.url))
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

    def _proxy_to(self, url: str) -> Proxy:
        return self._proxies.to(urlsplit(url).port or 0)

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


def _through(proxy: Proxy, url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.port}", f":{proxy.port}")
