"""Two processes of this server on PostgreSQL, with Redis and without, beside one process."""

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.generator import WorkloadFailed, generate
from bench.servers import CANVAS, Running, running
from tests.services import Service, postgres_server, redis_server

if TYPE_CHECKING:
    from bench.workloads import Measured, Scale

ROOM_PEOPLE = 20
QUIET_ROOMS = 50


def two_processes(name: str, directory: Path, scale: "Scale") -> "Measured":
    """Edits from one half of the people to the other: in one process, and in two."""
    if name != CANVAS:
        return {}  # the others' rooms live in one process
    base = directory / "two-processes"
    measured: Measured = {}
    with running(CANVAS, _made(base / "sqlite")) as server:
        measured |= measure("sqlite", server, server, scale)
    with postgres_server() as database, redis_server() as redis:
        redis_url = {"CANVAS_BUS": "redis", "CANVAS_REDIS_URL": redis.url}
        measured |= _one_and_two("redis", [database, redis], redis_url, base, scale)
    with postgres_server() as database:
        measured |= _one_and_two("postgres", [database], {"CANVAS_BUS": "postgres"}, base, scale)
    return measured


def _one_and_two(
    bus: str, services: list[Service], environment: dict[str, str], base: Path, scale: "Scale"
) -> "Measured":
    """One process; two, each with as many rooms as the one; and two, with half of each room."""
    shared = {
        "DATABASE_URL": services[0].url,
        "DJANGO_SECRET_KEY": "s" * 50,
        "CANVAS_JWT_KEYS": f"k:{'j' * 50}",
        **environment,
    }
    pids = [service.pid for service in services]
    with running(CANVAS, _made(base / f"{bus}-first"), shared) as first:
        measured = measure(f"{bus}_one", first, first, scale, pids)
        with running(CANVAS, _made(base / f"{bus}-second"), shared) as second:
            measured |= measure(f"{bus}_affinity", first, second, scale, pids, affinity=True)
            measured |= measure(f"{bus}_halves", first, second, scale, pids)
    return measured


def measure(
    label: str,
    first: Running,
    second: Running,
    scale: "Scale",
    services: Sequence[int] = (),
    *,
    affinity: bool = False,
) -> "Measured":
    """Delivery and processor time in one crowded room, and in quiet ones."""
    # Two processes on one core would show nothing; the generator shares the cores with them.
    _use_all_cores(first, second)
    measured: Measured = {}
    times = 2 if affinity else 1
    rooms = first.new_rooms(scale.of(QUIET_ROOMS) * times)
    for load, names, people in (
        ("room", rooms[:times], scale.of(ROOM_PEOPLE)),
        ("quiet", rooms[times:], 1),
    ):
        result = generate(
            first,
            "across",
            other=second.target,
            rooms=names,
            people=people,
            rate=15 if load == "room" else 8,
            seconds=scale.seconds,
            sample=3 if load == "room" else 10,
            affinity=affinity,
            services=list(services),
        )
        if result["missing"]:
            raise WorkloadFailed(f"{label} {load}: {result['missing']} edits never arrived")
        measured[f"{load}_{label}_p50_ms"] = result["p50"]
        measured[f"{load}_{label}_p99_ms"] = result["p99"]
        measured[f"{load}_{label}_cpu_us"] = result["cpuMicrosecondsPerMessage"]
        print(
            f"  {label}, {load}: p50 {result['p50']:.1f} ms, p99 {result['p99']:.1f} ms, "
            f"{result['cpuMicrosecondsPerMessage']:.0f} µs an update, "
            f"{result['withServicesPerMessage']:.0f} µs with services",
            file=sys.stderr,
            flush=True,
        )
        if services:
            measured[f"{load}_{label}_all_us"] = result["withServicesPerMessage"]
    return measured


def _use_all_cores(*servers: Running) -> None:
    for server in servers:
        for thread in Path(f"/proc/{server.pid}/task").iterdir():
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                os.sched_setaffinity(int(thread.name), os.sched_getaffinity(0))


def _made(directory: Path) -> Path:
    data_dir = directory / CANVAS
    data_dir.mkdir(parents=True)
    return data_dir
