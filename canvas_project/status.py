"""The state of the installation: what the admin's status page shows, and what to do about it."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.models import Max, Min, Sum
from django.db.models.functions import Length
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from audit.models import AuditLog
from boards.models import Board, BoardFile
from canvas_project import __version__
from canvas_project.compaction_process import CompactionProcess
from canvas_project.database_start import newer_database, unknown_migrations
from canvas_project.health import PROBES
from canvas_project.proxy_checks import findings
from canvas_project.server_keys import key_problems, servers_now
from sync.models import DocumentSnapshot, DocumentUpdate, JobRun, LoadAttempt, Version
from sync.programs.jobs import JOBS, enabled_jobs
from sync.rooms.connected import connected_now
from sync.storage.attempts import given_up
from sync.storage.compaction import boards_to_compact

COMPACTION_IS_LATE_AFTER = timedelta(minutes=10)
JOB_IS_LATE_AFTER = timedelta(days=2)
DISK_IS_LOW_BELOW = 1_000_000_000
REMEDIES = {
    "database": "Start it again, or look whether DATABASE_URL is right.",
    "data directory": "Make room, and look whether CANVAS_DATA_DIR may be written to.",
    "channel layer": "Start Redis again, or PostgreSQL with CANVAS_BUS=postgres; until then "
    "processes hear of each other a second late.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item, its state, and what to do if something is wrong."""

    name: str
    value: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together."""

    title: str
    lines: list[Line]


def status_now() -> list[Section]:
    """Reads everything; a part that can't be read says so and does not affect the others."""
    return [
        Section("Services", list(_services())),
        Section("Boards", _guarded(_boards)),
        Section("Daily jobs", _guarded(_jobs)),
        Section("Storage", _guarded(_storage)),
        Section("Versions", _guarded(_versions)),
    ]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _guarded(lines: Any) -> list[Line]:
    try:
        return list(lines())
    except Exception as error:  # noqa: BLE001  whatever it is, the page has to come
        return [Line("Cannot be read", type(error).__name__, "See the log of the server.")]


def _services() -> Iterator[Line]:
    for name, probe in PROBES.items():
        begin = time.monotonic()
        try:
            probe()
        except Exception as error:  # noqa: BLE001  whatever it is, the page has to come
            yield Line(
                name.capitalize(), f"does not answer ({type(error).__name__})", REMEDIES[name]
            )
        else:
            took = (time.monotonic() - begin) * 1000
            yield Line(name.capitalize(), f"answers, in {took:.1f} ms")
    layer = {"redis": "Redis", "postgres": "PostgreSQL"}.get(
        settings.CANVAS_BUS, "this process alone"
    )
    yield Line("Channel layer and cache in", layer)
    yield from _guarded(_servers)
    yield from (Line("Proxy", "passes on something wrong", text) for text in findings.problems())


def _servers() -> Iterator[Line]:
    servers = list(servers_now())
    names = ", ".join(f"{one.name} ({one.version})" for one in servers)
    yield Line("Servers", names or "none that says so")
    for problem in key_problems():
        yield Line("Keys", "differ between servers", problem)
    unknown = unknown_migrations()
    if unknown:
        yield Line("Database version", "newer than this server", newer_database(unknown))


def _boards() -> Iterator[Line]:
    boards = Board.objects.order_by()
    yield Line("In use", str(boards.filter(deleted_at=None).count()))
    yield Line("In the trash", str(boards.exclude(deleted_at=None).count()))
    here = connected_now().aggregate(
        people=Sum("people", default=0), sockets=Sum("sockets", default=0)
    )
    processes = connected_now().values("process").distinct().count()
    yield Line(
        "Connected now",
        ", ".join(
            (
                _counted(here["people"], "person", "people"),
                _counted(here["sockets"], "connection", "connections"),
                f"in {_counted(processes, 'process', 'processes')}",
            )
        ),
    )
    quarantined = LoadAttempt.objects.filter(quarantined_at__isnull=False).count()
    todo = "See Load attempts; run `manage.py repair_board --board ID` for each."
    yield Line("In quarantine", str(quarantined), todo if quarantined else "")
    work = given_up().count()
    todo = "See Job attempts; run `manage.py repair_board --board ID` for each."
    yield Line("Left out by jobs", str(work), todo if work else "")
    yield _compaction()
    process = CompactionProcess.running
    if process is not None:
        yield _compaction_process(process)


def _compaction_process(process: CompactionProcess) -> Line:
    name, runs = "Compaction process", process.pid is not None
    value = f"runs as {process.pid}" if runs else "does not run, and is started soon"
    if process.ended_at is None:
        return Line(name, value)
    value += (
        f"; it {process.last_end} at {timezone.localtime(process.ended_at):%Y-%m-%d %H:%M}, "
        f"{_counted(process.restarts, 'time', 'times')} since the server started"
    )
    is_recent = timezone.now() - process.ended_at < COMPACTION_IS_LATE_AFTER
    todo = "The log says what came before. Is there memory enough?"
    return Line(name, value, todo if is_recent or not runs else "")


def _compaction() -> Line:
    due = boards_to_compact(past_thresholds=True)
    rows = DocumentUpdate.objects.filter(board__in=due)
    oldest: datetime | None = rows.aggregate(oldest=Min("created_at"))["oldest"]
    newest: datetime | None = rows.aggregate(newest=Max("created_at"))["newest"]
    if not due or oldest is None or newest is None:
        return Line("Waiting for compaction", "0")
    # While people draw there is always something due; it is late only if it remains after they
    # stop.
    is_late = timezone.now() - newest > COMPACTION_IS_LATE_AFTER
    todo = "Is `serve` or `compact_boards --loop` running? Its log says what it could not do."
    value = f"{len(due)}, the oldest update of {timezone.localtime(oldest):%Y-%m-%d %H:%M}"
    return Line("Waiting for compaction", value, todo if is_late else "")


def _jobs() -> Iterator[Line]:
    runs = {run.name: run for run in JobRun.objects.all()}
    for name in JOBS:
        if name not in enabled_jobs():
            yield Line(name, "switched off")
            continue
        yield _job(name, runs.get(name))


def _job(name: str, run: JobRun | None) -> Line:
    if run is None:
        return Line(name, "has not run yet")
    value = f"{run.outcome}, {timezone.localtime(run.started_at):%Y-%m-%d %H:%M}. {run.detail}"
    if run.outcome == JobRun.Outcome.FAILED:
        return Line(name, value, f"Run `manage.py {name}` to see why; it is tried every hour.")
    is_late = timezone.now() - run.started_at > JOB_IS_LATE_AFTER
    todo = "Is `serve` running? Otherwise call `manage.py run_daily_jobs` from cron."
    return Line(name, value, todo if is_late else "")


def _storage() -> Iterator[Line]:
    for name, model in (
        ("Updates since snapshots", DocumentUpdate),
        ("Snapshots", DocumentSnapshot),
        ("Versions", Version),
    ):
        size = model.objects.aggregate(n=Sum(Length("payload"), default=0))["n"]
        yield Line(name, filesizeformat(size))
    images = BoardFile.objects.aggregate(n=Sum("size_bytes", default=0))["n"]
    yield Line("Images", filesizeformat(images))
    audit = AuditLog.objects.order_by().aggregate(oldest=Min("created_at"), newest_id=Max("pk"))
    since = f", since {audit['oldest']:%Y-%m-%d}" if audit["oldest"] else ""
    yield Line("Audit log", f"{AuditLog.objects.count()} entries{since}")
    free = shutil.disk_usage(settings.CANVAS_DATA_DIR).free
    todo = "Make room, or nothing can be saved any more."
    yield Line("Free on disk", filesizeformat(free), todo if free < DISK_IS_LOW_BELOW else "")


def _versions() -> Iterator[Line]:
    yield Line("Canvas", __version__)
    yield Line("Python", platform.python_version())
    yield Line("Django", django.get_version())
    version = ".".join(str(part) for part in connection.get_database_version())
    yield Line(connection.display_name, version)
