"""The disk, the database and the clock of the one server misbehave."""

import resource
import sqlite3
from contextlib import closing

from proof.chaos.crash_kinds import after_a_crash
from proof.chaos.kinds import RECOVERING, SQLITE, Kind
from proof.chaos.stage import Stage
from proof.chaos.systems import OnSQLite, copy_database, put_back
from proof.history.record import now

HOUR = 3600.0


def _sqlite(stage: Stage) -> OnSQLite:
    assert isinstance(stage.system, OnSQLite)
    return stage.system


def full_disk(stage: Stage) -> None:
    """No file grows for a while; sometimes the server is killed meanwhile."""
    stage.rest()
    server = stage.system.servers[0]
    limits = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1, limits[1]))
    stage.rest(0.2, 2.0)
    if stage.random.random() < 0.5:
        server.kill()
    else:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, limits)
    after_a_crash(stage)


def locked(stage: Stage) -> None:
    """Somebody else holds SQLite's lock, shorter or longer than the server waits."""
    stage.rest()
    path = _sqlite(stage).database
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as database:
        database.execute("BEGIN EXCLUSIVE")
        stage.rest(0.2, 2.5)
        if stage.random.random() < 0.3:
            stage.system.servers[0].kill()
        database.rollback()
    after_a_crash(stage)


def slow_disk(stage: Stage) -> None:
    """Each fsync takes up to a third of a second longer; then the server is killed."""
    stage.system.shim.set(disk_seconds=stage.random.uniform(0.02, 0.3))
    stage.rest(0.3, 1.5)
    stage.system.servers[0].kill()
    stage.system.shim.reset()
    after_a_crash(stage)


def clock_jumps(stage: Stage) -> None:
    """The time of day of the server jumps to and fro, by up to a day."""
    for _ in range(3):
        stage.rest()
        stage.system.shim.set(clock_seconds=stage.random.uniform(-24 * HOUR, 24 * HOUR))
    if stage.random.random() < 0.5:
        stage.system.servers[0].kill()
        stage.system.servers[0].start(None, stage.plan.build or None)
    stage.rest()
    stage.system.shim.reset()
    after_a_crash(stage)


def restored_backup(stage: Stage) -> None:
    """The server dies for good; a backup from before takes its place, as operators are told."""
    system = _sqlite(stage)
    stage.rest()
    taken, copy = now(), stage.directory / "backup.sqlite3"
    copy_database(system.database, copy)
    stage.rest()
    system.server.kill()
    stage.leave()
    put_back(copy, system.database)
    stage.journal.write("restored", taken=taken)
    system.heal()
    stage.newcomer()
    stage.come_back()


KINDS = (
    Kind("full disk", SQLITE, full_disk),
    Kind("SQLite is locked", SQLITE, locked),
    Kind("slow disk", SQLITE, slow_disk, needs_compiler=True),
    # Clocks of presence are the time of day: after one that was ahead, a server that starts again
    # is not heard by clients of before.
    Kind("clock jumps", SQLITE, clock_jumps, promises={"shows_all": False}, needs_compiler=True),
    Kind("restored backup", RECOVERING, restored_backup, promises={"has_audit": False}),
)
