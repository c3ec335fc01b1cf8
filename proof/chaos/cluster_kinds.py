"""Servers, PostgreSQL and Redis of three processes fail, and the network between them."""

import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import psycopg
import redis

from proof.chaos.cluster import Cluster
from proof.chaos.crash_kinds import after_a_crash, kill, stop
from proof.chaos.kinds import LOSSY_POSTGRES, LOSSY_REDIS, POSTGRES, REDIS, Kind
from proof.chaos.people_kinds import flips, frozen
from proof.chaos.stage import Stage

Fault = Callable[[Stage], None]
HELD_SECONDS = 3.0
"""How long a newcomer waits at a server that may not reach the database."""


def _cluster(stage: Stage) -> Cluster:
    assert isinstance(stage.system, Cluster)
    return stage.system


def one_is_killed(stage: Stage) -> None:
    """`kill -9` of one; a newcomer reads from another before it is back."""
    stage.rest()
    number = stage.random.randrange(len(stage.system.servers))
    stage.system.servers[number].kill()
    stage.leave(stage.share())
    stage.newcomer(server=(number + 1) % len(stage.system.servers))
    stage.system.heal()
    stage.newcomer(server=number)
    stage.come_back()


def rolling_restart(stage: Stage) -> None:
    """One after the other shuts down and comes back, while people draw."""
    for server in stage.system.servers:
        stage.rest(0.0, 0.1)
        server.stop()
        stage.system.heal()
    stage.newcomer()


def postgres_ends(stage: Stage) -> None:
    """PostgreSQL is restarted, or all its processes are killed; sometimes the servers too."""
    stage.rest()
    postgres = _cluster(stage).postgres
    postgres.stop(stage.random.choice((signal.SIGINT, signal.SIGQUIT)))
    stage.rest()
    _maybe_kill_all(stage)
    after_a_crash(stage)


def backends_are_killed(stage: Stage) -> None:
    """Connections of servers to the database are ended there, some or all, again and again."""
    for _ in range(4):
        stage.rest(0.0, 0.15)
        share = stage.random.choice((0.3, 1.0))
        with suppress(psycopg.Error):
            _cluster(stage).query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = 'canvas' AND pid <> pg_backend_pid() AND random() < ?",
                share,
            )
    _maybe_kill_all(stage)
    after_a_crash(stage)


def fails_over(stage: Stage) -> None:
    """PostgreSQL dies for good while people draw, and a standby takes its place."""

    def draw_on() -> None:
        stage.draw()
        stage.rest()

    _cluster(stage).fail_over(draw_on)
    _maybe_kill_all(stage)
    after_a_crash(stage)


def redis_ends(stage: Stage) -> None:
    """Redis dies and comes back with nothing."""
    stage.rest()
    service = _cluster(stage).redis
    assert service is not None
    service.stop(signal.SIGKILL)
    stage.rest()
    _maybe_kill_all(stage)
    after_a_crash(stage)


def redis_is_flushed(stage: Stage) -> None:
    """Redis forgets who listens."""
    service = _cluster(stage).redis
    assert service is not None
    for _ in range(3):
        stage.rest()
        with redis.Redis.from_url(service.url) as connection:
            connection.flushall()
    after_a_crash(stage)


def redis_stands_still(stage: Stage) -> None:
    """Redis keeps its connections and answers nobody."""
    service = _cluster(stage).redis
    assert service is not None
    stage.rest()
    with service.standing_still():
        stage.rest(0.3, 1.5)
        _maybe_kill_all(stage)
        _start_the_dead(stage)
        stage.newcomer()
    after_a_crash(stage)


def loses_the_database(stage: Stage) -> None:
    """Between one server and the database nothing passes, or every connection breaks."""
    stage.rest()
    proxy = stage.random.choice(_cluster(stage).to_database)
    proxy.hold()
    stage.rest(0.3, 2.0)
    if stage.random.random() < 0.5:
        proxy.cut()
    at = stage.random.randrange(len(stage.system.servers))
    stage.newcomer(server=at, patience=HELD_SECONDS)
    proxy.release()
    after_a_crash(stage)


def loses_the_bus(stage: Stage) -> None:
    """Servers cannot hear of each other, one or all of them."""
    stage.rest()
    proxies = _cluster(stage).to_redis
    some = proxies[: stage.random.randrange(1, len(proxies) + 1)]
    for proxy in some:
        proxy.hold()
        if stage.random.random() < 0.5:
            proxy.cut()
    stage.rest(0.3, 1.5)
    _maybe_kill_all(stage)
    _start_the_dead(stage)
    stage.newcomer()
    for proxy in some:
        proxy.release()
    after_a_crash(stage)


def _maybe_kill_all(stage: Stage) -> None:
    if stage.random.random() < 0.5:
        for server in stage.system.servers:
            server.kill()


def _start_the_dead(stage: Stage) -> None:
    for server in stage.system.servers:
        if not server.is_alive():
            server.start(None, stage.plan.build or None)


_ON_BOTH: tuple[tuple[str, Fault], ...] = (
    ("one of three is killed", one_is_killed),
    ("all three are killed", kill),
    ("all three stop", stop),
    ("rolling restart", rolling_restart),
    ("PostgreSQL ends", postgres_ends),
    ("backends are killed", backends_are_killed),
    ("failover to a standby", fails_over),
    ("a server loses the database", loses_the_database),
    ("permission flips on three", flips),
    ("frozen clients on three", frozen),
)
_ON_REDIS: tuple[tuple[str, Fault], ...] = (
    ("Redis ends", redis_ends),
    ("Redis is flushed", redis_is_flushed),
    ("Redis stands still", redis_stands_still),
    ("servers lose the bus", loses_the_bus),
)
_named = partial("{} ({})".format)
KINDS = (
    *(Kind(_named(name, bus), bus, fault) for name, fault in _ON_BOTH for bus in (REDIS, POSTGRES)),
    *(Kind(name, REDIS, fault) for name, fault in _ON_REDIS),
    Kind(_named("bus loses; one of three is killed", REDIS), LOSSY_REDIS, one_is_killed),
    Kind(_named("bus loses; one of three is killed", POSTGRES), LOSSY_POSTGRES, one_is_killed),
)
