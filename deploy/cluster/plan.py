"""What a cluster consists of, and where its parts listen."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.cluster.programs import HOST

REDIS, POSTGRES = "redis", "postgres"
BUSES = (REDIS, POSTGRES)


@dataclass(frozen=True)
class Plan:
    """What to start, and where."""

    data_dir: Path
    servers: int
    port: int
    """nginx; the servers have the ports after it, then PostgreSQL and Redis."""
    bus: str

    @property
    def directory(self) -> Path:
        """Where the services keep their state."""
        return self.data_dir / "cluster"

    @property
    def server_ports(self) -> list[int]:
        """Those of the servers."""
        return [self.port + number for number in range(1, self.servers + 1)]

    @property
    def postgres_port(self) -> int:
        """The first one after the servers."""
        return self.port + self.servers + 1

    @property
    def redis_port(self) -> int:
        """The next one."""
        return self.postgres_port + 1

    @property
    def ports(self) -> list[int]:
        """All that have to be free."""
        ports = [self.port, *self.server_ports, self.postgres_port]
        return [*ports, self.redis_port] if self.bus == REDIS else ports


def busy_ports(plan: Plan) -> Iterator[int]:
    """Those of the plan on which somebody listens."""
    for port in plan.ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                yield port
