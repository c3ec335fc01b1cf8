"""A cluster: PostgreSQL, Redis, N servers and nginx, started together and kept running."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.cluster import programs
from deploy.cluster.plan import REDIS, Plan
from deploy.cluster.processes import LOOK_SECONDS, DidNotStartError, Service

DRAIN_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A process that ended sooner is started again after a growing pause."""
SERVER_PAUSE_SECONDS = 1.0
"""Its people go to the others first: on one machine a start would take the time they need there."""
SERVICE_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
MAX_LOG_BYTES = 10_000_000


class Ends:
    """When a process that ended is started again: later and later, if it keeps ending."""

    def __init__(self, first_pause: float) -> None:
        self._first_pause = first_pause
        self._pause = 0.0
        self._started_at = 0.0
        self._due: float | None = None

    def started(self) -> None:
        """Notes the start."""
        self._started_at = time.monotonic()
        self._due = None

    def is_due(self) -> bool:
        """Whether the pause is over, which begins with the first question."""
        now = time.monotonic()
        if self._due is None:
            is_steady = now - self._started_at >= STEADY_SECONDS
            longer = min(max(2 * self._pause, self._first_pause), LONGEST_PAUSE_SECONDS)
            self._pause = self._first_pause if is_steady else longer
            self._due = now + self._pause
        return now >= self._due


class Cluster:
    """Starts the services in an order in which each finds what it needs, and stops them in the
    opposite one.
    """

    def __init__(self, plan: Plan, tell: Callable[[str], None], *, inherited: int) -> None:
        """`tell` gets a line for everything that happens."""
        self._plan = plan
        self._tell = tell
        self._inherited = (inherited,)
        self._services: dict[str, Service] = {}
        self._ends: dict[str, Ends] = {}
        self._is_watched: set[str] = set()
        """The names of those that are started again when they end."""

    @property
    def url(self) -> str:
        """What people open."""
        return f"http://{programs.HOST}:{self._plan.port}"

    def welcome(self) -> str:
        """How to get in, as the first server says it."""
        plan = self._plan
        lines = [f"Server {port - plan.port}  {programs.HOST}:{port}" for port in plan.server_ports]
        lines += [f"PostgreSQL  {programs.HOST}:{plan.postgres_port}"]
        if plan.bus == REDIS:
            lines += [f"Redis  {programs.HOST}:{plan.redis_port}"]
        lines += [f"Logs  {plan.directory}"]
        behind = "\n".join(
            "  {:<22}{}".format(*(part.strip() for part in line.split("  ", 1))) for line in lines
        )
        return f"{self._welcome_file.read_text()}{behind}\n\n"

    @property
    def _welcome_file(self) -> Path:
        return self._plan.directory / "server-1.out"

    def start(self) -> None:
        """Returns when people can open boards. Raises DidNotStartError, programs.Missing."""
        plan = self._plan
        environment = {
            **os.environ,
            "CANVAS_DATA_DIR": str(plan.data_dir),
            "CANVAS_TRUSTED_PROXY_HOPS": "1",
            "CANVAS_ADDRESS": os.environ.get("CANVAS_ADDRESS") or self.url,
            "CANVAS_BUS": plan.bus,
            **self._start_storage(),
        }
        self._welcome_file.write_text("")
        self._launch_servers(environment)
        static_root = Path(os.environ.get("CANVAS_STATIC_ROOT") or plan.data_dir / "static")
        self._begin(
            programs.nginx(
                self._own_directory("nginx"),
                plan.port,
                plan.server_ports,
                static_root=static_root.resolve(),
                inherited=self._inherited,
            )
        )
        self._write_state()

    def _start_storage(self) -> dict[str, str]:
        """Returns the addresses, for the servers."""
        plan = self._plan
        database = programs.postgres(
            self._own_directory("postgres"),
            plan.postgres_port,
            password=self._password(),
            inherited=self._inherited,
        )
        self._begin(database)
        if plan.bus != REDIS:
            return {"DATABASE_URL": database.url, "CANVAS_REDIS_URL": ""}
        redis = programs.redis(
            self._own_directory("redis"),
            plan.redis_port,
            password=self._password(),
            inherited=self._inherited,
        )
        self._begin(redis)
        return {"DATABASE_URL": database.url, "CANVAS_REDIS_URL": redis.url}

    def _launch_servers(self, environment: dict[str, str]) -> None:
        """The first one brings the database up to date and makes the demo; then all the others."""
        directory = self._own_directory("servers")
        servers = [
            programs.server(
                f"server {number}",
                port,
                environment,
                ["--demo", "--address", self.url] if number == 1 else [],
                log=directory / f"server-{number}.log",
                output=self._welcome_file if number == 1 else directory / f"server-{number}.log",
                inherited=self._inherited,
            )
            for number, port in enumerate(self._plan.server_ports, start=1)
        ]
        self._begin(servers[0])
        for one in servers[1:]:
            self._launch(one)
        for one in servers[1:]:
            self._wait_for(one)

    def _begin(self, service: Service) -> None:
        self._launch(service)
        self._wait_for(service)

    def _launch(self, service: Service) -> None:
        self._services[service.name] = service  # first, so that an interruption ends it
        is_server = service.name.startswith("server")
        self._ends[service.name] = Ends(
            SERVER_PAUSE_SECONDS if is_server else SERVICE_PAUSE_SECONDS
        )
        service.launch()
        self._ends[service.name].started()
        self._write_state()

    def _wait_for(self, service: Service) -> None:
        service.wait_until_ready()
        self._is_watched.add(service.name)

    def tend(self) -> None:
        """Starts again what has ended."""
        for name in self._is_watched:
            service, ends = self._services[name], self._ends[name]
            if service.is_alive():
                continue
            if ends.is_due():
                self._tell(f"{name} ended with status {service.exit_code}; starting it again")
                service.launch()
                ends.started()
                self._write_state()

    def restart_servers(self) -> None:
        """One server after the other shuts down and is started again, as in an upgrade."""
        for name in [name for name in self._services if name.startswith("server")]:
            self._tell(f"{name} is restarted")
            service = self._services[name]
            self._is_watched.discard(name)
            service.ask_to_end()
            self._rest(DRAIN_SECONDS, service.is_alive)
            service.stop(seconds=1)
            service.launch()
            self._ends[name].started()
            self._write_state()
            try:
                service.wait_until_ready(self.tend)
            except DidNotStartError as error:
                self._tell(f"{error}\nThe other servers are not restarted.")
                return
            finally:
                self._is_watched.add(name)
        self._tell("all servers are restarted")

    def _rest(self, seconds: float, while_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and while_so():
            self.tend()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Lets the servers commit what they hold, then ends everything else."""
        self._is_watched.clear()
        servers = [one for name, one in self._services.items() if name.startswith("server")]
        for one in servers:
            one.ask_to_end()
        for one in (*servers, *reversed(self._services.values())):
            one.stop(seconds=DRAIN_SECONDS)

    # --- what is kept

    def _write_state(self) -> None:
        """Ports, addresses and process ids, for tests and for people who debug."""
        state = {
            "url": self.url,
            "bus": self._plan.bus,
            "services": {
                name: {"pid": one.pid, "url": one.url} for name, one in self._services.items()
            },
        }
        path = self._plan.directory / "state.json"
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(state, indent=1))
        fresh.replace(path)

    def _own_directory(self, name: str) -> Path:
        directory = self._plan.directory / name
        directory.mkdir(mode=0o700, exist_ok=True)
        for log in directory.glob("*log"):
            if log.is_file() and log.stat().st_size > MAX_LOG_BYTES:
                log.replace(log.with_name(f"{log.name}.before"))
        return directory

    def _password(self) -> str:
        """Of PostgreSQL and Redis: other accounts of the machine reach their ports too."""
        path = self._plan.directory / "password"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(24))
            fresh.replace(path)
        return path.read_text()


def tell(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
