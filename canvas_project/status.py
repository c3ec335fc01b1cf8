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
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from audit.models import AuditLog
from boards.models import Board, BoardFile
from canvas_project import __version__
from canvas_project.compaction_process import CompactionProcess
from canvas_project.database_start import newer_database, unknown_migrations
from canvas_project.health import PROBES
from canvas_project.postgres_sessions import unsafe_settings
from canvas_project.proxy_checks import findings
from canvas_project.server_keys import key_problems, servers_now, unheard_problems
from sync.models import DocumentSnapshot, DocumentUpdate, JobRun, LoadAttempt, Version
from sync.programs.jobs import JOBS, enabled_jobs
from sync.rooms.connected import connected_now
from sync.storage.attempts import given_up
from sync.storage.compaction import boards_to_compact

COMPACTION_IS_LATE_AFTER = timedelta(minutes=10)
JOB_IS_LATE_AFTER = timedelta(days=2)
DISK_IS_LOW_BELOW = 1_000_000_000
SERVICES = {
    "database": (
        gettext_lazy("Database"),
        gettext_lazy("Start it again, or look whether DATABASE_URL is right."),
    ),
    "data directory": (
        gettext_lazy("Data directory"),
        gettext_lazy("Make room, and look whether CANVAS_DATA_DIR may be written to."),
    ),
    "channel layer": (
        gettext_lazy("Channel layer"),
        gettext_lazy(
            "Start Redis again, or PostgreSQL with CANVAS_BUS=postgres; until then "
            "processes hear of each other a second late."
        ),
    ),
}
"""What each of the probes is called here, and what to do if it fails."""


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
        Section(gettext("Services"), list(_services())),
        Section(gettext("Boards"), _guarded(_boards)),
        Section(gettext("Daily jobs"), _guarded(_jobs)),
        Section(gettext("Storage"), _guarded(_storage)),
        Section(gettext("Versions"), _guarded(_versions)),
    ]


def _guarded(lines: Any) -> list[Line]:
    try:
        return list(lines())
    except Exception as error:  # noqa: BLE001  whatever it is, the page has to come
        todo = gettext("See the log of the server.")
        return [Line(gettext("Cannot be read"), type(error).__name__, todo)]


def _services() -> Iterator[Line]:
    for name, probe in PROBES.items():
        title, todo = (str(words) for words in SERVICES[name])
        begin = time.monotonic()
        try:
            probe()
        except Exception as error:  # noqa: BLE001  whatever it is, the page has to come
            value = gettext("does not answer (%(error)s)") % {"error": type(error).__name__}
            yield Line(title, value, todo)
        else:
            took = (time.monotonic() - begin) * 1000
            yield Line(title, gettext("answers, in %(ms)s ms") % {"ms": number_format(took, 1)})
    layer = {"redis": "Redis", "postgres": "PostgreSQL"}.get(
        settings.CANVAS_BUS, gettext("this process alone")
    )
    yield Line(gettext("Channel layer and cache in"), layer)
    yield from _guarded(_servers)
    for problem in findings.problems():
        yield Line(gettext("Proxy"), gettext("passes on something wrong"), problem)


def _servers() -> Iterator[Line]:
    servers = list(servers_now())
    names = ", ".join(f"{one.name} ({one.version})" for one in servers)
    yield Line(gettext("Servers"), names or gettext("none that says so"))
    for problem in key_problems():
        yield Line(gettext("Keys"), gettext("differ between servers"), problem)
    for problem in unheard_problems():
        yield Line(gettext("Channel layer"), gettext("does not reach another server"), problem)
    for problem in unsafe_settings():
        yield Line(gettext("Database"), gettext("can lose what it has saved"), problem)
    unknown = unknown_migrations()
    if unknown:
        value = gettext("newer than this server")
        yield Line(gettext("Database version"), value, newer_database(unknown))


def _boards() -> Iterator[Line]:
    boards = Board.objects.order_by()
    yield Line(gettext("In use"), str(boards.filter(deleted_at=None).count()))
    yield Line(gettext("In the trash"), str(boards.exclude(deleted_at=None).count()))
    here = connected_now().aggregate(
        people=Sum("people", default=0), sockets=Sum("sockets", default=0)
    )
    processes = connected_now().values("process").distinct().count()
    people, sockets = here["people"], here["sockets"]
    parts = (
        ngettext("%(n)d person", "%(n)d people", people) % {"n": people},
        ngettext("%(n)d connection", "%(n)d connections", sockets) % {"n": sockets},
        ngettext("in %(n)d process", "in %(n)d processes", processes) % {"n": processes},
    )
    yield Line(gettext("Connected now"), ", ".join(parts))
    quarantined = LoadAttempt.objects.filter(quarantined_at__isnull=False).count()
    todo = gettext("See Load attempts; run `manage.py repair_board --board ID` for each.")
    yield Line(gettext("In quarantine"), str(quarantined), todo if quarantined else "")
    work = given_up().count()
    todo = gettext("See Job attempts; run `manage.py repair_board --board ID` for each.")
    yield Line(gettext("Left out by jobs"), str(work), todo if work else "")
    yield _compaction()
    process = CompactionProcess.running
    if process is not None:
        yield _compaction_process(process)


def _compaction_process(process: CompactionProcess) -> Line:
    name, runs = gettext("Compaction process"), process.pid is not None
    value = (
        gettext("runs as %(pid)d") % {"pid": process.pid}
        if runs
        else gettext("does not run, and is started soon")
    )
    if process.ended_at is None:
        return Line(name, value)
    restarts = ngettext(
        "%(n)d time since the server started",
        "%(n)d times since the server started",
        process.restarts,
    )
    value = gettext("%(state)s; it %(ended)s at %(time)s, %(restarts)s") % {
        "state": value,
        "ended": process.last_end,
        "time": _minute(process.ended_at),
        "restarts": restarts % {"n": process.restarts},
    }
    is_recent = timezone.now() - process.ended_at < COMPACTION_IS_LATE_AFTER
    todo = gettext("The log says what came before. Is there memory enough?")
    return Line(name, value, todo if is_recent or not runs else "")


def _compaction() -> Line:
    due = boards_to_compact(past_thresholds=True)
    rows = DocumentUpdate.objects.filter(board__in=due)
    oldest: datetime | None = rows.aggregate(oldest=Min("created_at"))["oldest"]
    newest: datetime | None = rows.aggregate(newest=Max("created_at"))["newest"]
    if not due or oldest is None or newest is None:
        return Line(gettext("Waiting for compaction"), "0")
    # While people draw there is always something due; it is late only if it remains after they
    # stop.
    is_late = timezone.now() - newest > COMPACTION_IS_LATE_AFTER
    todo = gettext(
        "Is `serve` or `compact_boards --loop` running? Its log says what it could not do."
    )
    value = gettext("%(n)d, the oldest update of %(time)s") % {
        "n": len(due),
        "time": _minute(oldest),
    }
    return Line(gettext("Waiting for compaction"), value, todo if is_late else "")


def _minute(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _jobs() -> Iterator[Line]:
    runs = {run.name: run for run in JobRun.objects.all()}
    for name in JOBS:
        if name not in enabled_jobs():
            yield Line(name, gettext("switched off"))
            continue
        yield _job(name, runs.get(name))


def _job(name: str, run: JobRun | None) -> Line:
    if run is None:
        return Line(name, gettext("has not run yet"))
    value = f"{run.get_outcome_display()}, {_minute(run.started_at)}. {run.detail}"
    if run.outcome == JobRun.Outcome.FAILED:
        todo = gettext("Run `manage.py %(job)s` to see why; it is tried every hour.")
        return Line(name, value, todo % {"job": name})
    is_late = timezone.now() - run.started_at > JOB_IS_LATE_AFTER
    todo = gettext("Is `serve` running? Otherwise call `manage.py run_daily_jobs` from cron.")
    return Line(name, value, todo if is_late else "")


def _storage() -> Iterator[Line]:
    for name, model in (
        (gettext("Updates since snapshots"), DocumentUpdate),
        (gettext("Snapshots"), DocumentSnapshot),
        (gettext("Versions"), Version),
    ):
        size = model.objects.aggregate(n=Sum(Length("payload"), default=0))["n"]
        yield Line(name, filesizeformat(size))
    images = BoardFile.objects.aggregate(n=Sum("size_bytes", default=0))["n"]
    yield Line(gettext("Images"), filesizeformat(images))
    audit = AuditLog.objects.order_by().aggregate(oldest=Min("created_at"), newest_id=Max("pk"))
    count = AuditLog.objects.count()
    value = ngettext("%(n)d entry", "%(n)d entries", count) % {"n": count}
    if audit["oldest"]:
        since = {"entries": value, "date": f"{audit['oldest']:%Y-%m-%d}"}
        value = gettext("%(entries)s, since %(date)s") % since
    yield Line(gettext("Audit log"), value)
    free = shutil.disk_usage(settings.CANVAS_DATA_DIR).free
    todo = gettext("Make room, or nothing can be saved any more.")
    yield Line(
        gettext("Free on disk"), filesizeformat(free), todo if free < DISK_IS_LOW_BELOW else ""
    )


def _versions() -> Iterator[Line]:
    yield Line("Canvas", __version__)
    yield Line("Python", platform.python_version())
    yield Line("Django", django.get_version())
    version = ".".join(str(part) for part in connection.get_database_version())
    yield Line(connection.display_name, version)
