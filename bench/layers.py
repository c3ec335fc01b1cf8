"""`python -m bench.layers`: what a message between two processes costs with each channel layer, and
what each does when Redis or PostgreSQL fails.

Two processes are members of 50 groups, as two servers are of their boards. One sends messages of
200 bytes, both receive them. Redis and PostgreSQL are started for this.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg
import redis

from bench.servers import ROOT
from tests.services import Service, postgres_server, redis_server

AGAIN_SECONDS = 8.0


class Process:
    """One `bench.layer_worker`."""

    def __init__(self, layer: "Layer", role: str) -> None:
        command = [sys.executable, "-m", "bench.layer_worker", layer.backend]
        self._process = subprocess.Popen(
            [*command, json.dumps(layer.config), role],
            cwd=ROOT,
            env={**os.environ, **layer.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._read()

    def begin(self, *command: object) -> None:
        """Sends a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """What it answers."""
        answer = self._read()
        self._read()
        return answer

    def call(self, *command: object) -> Any:
        """Both."""
        self.begin(*command)
        return self.answer()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


class Layer:
    """A channel layer and the service below it."""

    def __init__(
        self, name: str, backend: str, config: dict[str, Any], service: Service, database: str
    ) -> None:
        self.name = name
        self.backend = backend
        self.config = config
        self.service = service
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
            "CANVAS_DATA_DIR": tempfile.mkdtemp(prefix="canvas-layers-"),
            "DATABASE_URL": database,
        }


def service_cpu(pid: int) -> float:
    """The processor seconds of a service and its children, also of those that have ended."""
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    ticks = 0
    for one in pids:
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(") ", 1)[1].split()
        ticks += sum(map(int, fields[11:15] if one == pid else fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def steady(layer: Layer, seconds: float, each_tick: int) -> dict[str, Any]:
    """The costs of a message at a steady rate."""
    with Process(layer, "sender") as sender, Process(layer, "receiver") as receiver:
        sender.call("send", 1.0, each_tick)  # warm up
        time.sleep(0.5)
        before = sender.call("take"), receiver.call("take"), service_cpu(layer.service.pid)
        sent = sender.call("send", seconds, each_tick)
        time.sleep(0.5)
        after = sender.call("take"), receiver.call("take"), service_cpu(layer.service.pid)
    count = sent["sent"]
    return {
        "a second": count / sent["seconds"],
        "sender, µs": (after[0]["cpu"] - before[0]["cpu"]) / count * 1e6,
        "receiver, µs": (after[1]["cpu"] - before[1]["cpu"]) / count * 1e6,
        "service, µs": (after[2] - before[2]) / count * 1e6,
        "p50, ms": after[1]["p50"],
        "p99, ms": after[1]["p99"],
        "lost": count - after[1]["arrived"],
    }


def slow_reader(layer: Layer) -> dict[str, Any]:
    """20,000 messages to a process that stands still: what the sender notices, and what arrives."""
    with Process(layer, "sender") as sender, Process(layer, "receiver") as receiver:
        receiver.begin("stand_still", 8.0)
        sent = sender.call("send", 5.0, 20)
        errors = sender.call("take")["errors"]
        receiver.answer()
        time.sleep(3)
        taken = receiver.call("take")
    return {
        "sent": sent["sent"],
        "arrived": taken["arrived"],
        "errors": ", ".join(errors + taken["errors"]) or "none",
    }


def after_fault(layer: Layer, fault: Callable[[Service], None], rejoins: bool) -> str:
    """How long after a fault messages pass again."""
    with Process(layer, "sender") as sender, Process(layer, "receiver") as receiver:
        sender.call("send", 1.0, 1)
        sender.begin("send", AGAIN_SECONDS + 5, 1)
        fault(layer.service)
        back = time.monotonic()
        result = f"not within {AGAIN_SECONDS:.0f} s"
        while time.monotonic() < back + AGAIN_SECONDS:
            if rejoins:
                receiver.call("join")
            if receiver.call("take")["newest"] > back:
                result = f"{time.monotonic() - back:.1f} s"
                break
            time.sleep(0.1)
        errors = ", ".join(receiver.call("take")["errors"])
    return f"{result}{f' ({errors})' if errors else ''}"


def _freeze(service: Service) -> None:
    with service.standing_still():
        time.sleep(4)


def _flush(service: Service) -> None:
    with redis.Redis.from_url(service.url) as connection:
        connection.flushall()


def commits(database: str, how: str, seconds: float) -> dict[str, float]:
    """Two processes' commits of a row with a NOTIFY: in the same transaction, or after it."""
    times: list[float] = []

    def commit(name: str) -> None:
        with (
            psycopg.connect(database, autocommit=True) as writer,
            psycopg.connect(database, autocommit=True) as bell,
        ):
            bell.execute("SET synchronous_commit TO off")
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                started = time.monotonic()
                with writer.transaction():
                    writer.execute("INSERT INTO bench_rows VALUES (%s)", (name,))
                    if how == "inside":
                        writer.execute("SELECT pg_notify('bench', %s)", (str(started),))
                times.append(time.monotonic() - started)
                if how == "after":
                    bell.execute("SELECT pg_notify('bench', %s)", (str(started),))

    with psycopg.connect(database, autocommit=True) as setup:
        setup.execute("CREATE TABLE IF NOT EXISTS bench_rows (name text)")
    threads = [threading.Thread(target=commit, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cut = quantiles(times, n=100)
    return {"commits/s": len(times) / seconds, "p50, ms": cut[49] * 1000, "p99, ms": cut[98] * 1000}


def _row(name: str, values: dict[str, Any]) -> str:
    cells = [
        f"{value:.3g}" if isinstance(value, float) else str(value) for value in values.values()
    ]
    return f"| {' | '.join([name, *cells])} |"


def _table(rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Prints each row when it is measured."""
    for number, (name, values) in enumerate(rows):
        if number == 0:
            print(f"\n| {' | '.join(['', *values])} |\n|---|{'---:|' * len(values)}")
        print(_row(name, values), flush=True)


def _layers(postgres: Service, redis_service: Service) -> Iterator[Layer]:
    hosts = [{"address": redis_service.url, "socket_timeout": 15}]
    of_redis: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("Redis, core", "channels_redis.core.RedisChannelLayer", {"capacity": 5000, "expiry": 20}),
        ("Redis, Pub/Sub", "channels_redis.pubsub.RedisPubSubChannelLayer", {}),
        ("Redis, Pub/Sub, sent together", "canvas_project.redis_layer.RedisChannelLayer", {}),
    )
    for name, backend, config in of_redis:
        yield Layer(name, backend, {"hosts": hosts, **config}, redis_service, postgres.url)
    backend = "canvas_project.postgres_layer.PostgresChannelLayer"
    yield Layer("PostgreSQL", backend, {"capacity": 5000}, postgres, postgres.url)


def _costs(layers: list[Layer], database: str, seconds: float) -> None:
    for each_tick in (1, 4, 20):
        print(f"\nabout {each_tick * 200} messages a second, {each_tick} at a time:")
        _table((layer.name, steady(layer, seconds, each_tick)) for layer in layers)
    print("\nfour writers that tell of each commit:")
    _table((how, commits(database, how, seconds)) for how in ("no NOTIFY", "after", "inside"))


def _faults(layers: list[Layer]) -> None:
    print("\n20,000 messages for a process that stands still for 8 seconds:")
    _table((layer.name, slow_reader(layer)) for layer in layers)
    print("\nuntil messages pass again after the service was:")
    faults = {"frozen for 4 s": _freeze, "restarted": Service.restart, "flushed": _flush}
    _table(
        (
            f"{layer.name}{', joining again' if rejoins else ''}",
            {
                title: after_fault(layer, fault, rejoins)
                if fault is not _flush or layer.service.url.startswith("redis")
                else "-"
                for title, fault in faults.items()
            },
        )
        for layer in layers
        for rejoins in (False, True)
    )


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="bench.layers", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--parts", nargs="+", default=["costs", "faults"])
    arguments = parser.parse_args()
    logging.disable()
    with postgres_server() as postgres, redis_server() as redis_service:
        layers = list(_layers(postgres, redis_service))
        environment = {**os.environ, **layers[0].environment}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        if "costs" in arguments.parts:
            _costs(layers, postgres.url, arguments.seconds)
        if "faults" in arguments.parts:
            _faults(layers)


if __name__ == "__main__":
    main()
