"""Plays plans: starts what they need, lets the fault happen, and has the history checked."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from proof.chaos.cluster import Cluster
from proof.chaos.kinds import (
    LOSSY_POSTGRES,
    LOSSY_REDIS,
    POSTGRES,
    RECOVERING,
    REDIS,
    SQLITE,
    Kind,
    all_kinds,
)
from proof.chaos.plan import Plan
from proof.chaos.stage import Stage
from proof.chaos.systems import OnSQLite, System, audit_rows, job
from proof.clients.people import People
from proof.history.check import Anomaly, check
from proof.history.events import read_journals
from tests.network import Network, is_possible
from tests.prepared import copy_data

HOSTS = 2
"""Node processes: one of them may be frozen."""


@dataclass(slots=True)
class Result:
    """What one run has shown."""

    plan: Plan
    anomalies: list[Anomaly] = field(default_factory=list)
    writes: int = 0
    acknowledged: int = 0
    sightings: int = 0
    seconds: float = 0.0
    directory: Path = Path()

    @property
    def is_clean(self) -> bool:
        """Whether the history proves nothing against the server."""
        return not self.anomalies

    def __str__(self) -> str:
        plan = self.plan
        build = f" of the build that {plan.build}" if plan.build else ""
        how = "clean" if self.is_clean else f"{len(self.anomalies)} ANOMALIES"
        return (
            f"{plan.kind}{build}, seed {plan.seed}: {self.writes} writes, {self.acknowledged}"
            f" acknowledgements, {self.sightings} sightings, {how}, {self.seconds:.1f} s"
        )


class Theatre:
    """Systems and Node processes, started when they are first needed."""

    def __init__(
        self,
        directory: Path,
        data: Callable[[], Path],
        postgres: Callable[[], Path],
        *,
        keeps_all: bool = False,
    ) -> None:
        """`data` and `postgres` give what `tests.prepared` has made for servers to begin with."""
        self._directory = directory
        self._data, self._postgres = data, postgres
        self._keeps_all = keeps_all
        self._systems: dict[str, System] = {}
        self._hosts: list[People] = []
        self.kinds = all_kinds()
        self._runs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for host in self._hosts:
            host.close()
        for system in self._systems.values():
            system.close()

    def play(self, plan: Plan) -> Result:
        """One run. Its journals are kept in `result.directory` if it is not clean."""
        kind = self.kinds[plan.kind]
        self._runs += 1
        directory = self._directory / "runs" / f"{self._runs}"
        system, people, began = self._system(kind), self._people(), time.monotonic()
        stage = Stage(system, people, plan, directory)
        try:
            self._perform(stage, kind)
        finally:
            stage.close()
        result = self._judge(plan, directory)
        result.seconds = time.monotonic() - began
        if result.is_clean and not self._keeps_all:
            shutil.rmtree(directory)
        return result

    def _perform(self, stage: Stage, kind: Kind) -> None:
        for server in stage.system.servers:
            server.stop()  # limits of one run must not hold in the next
        stage.system.build = stage.plan.build
        kind.before(stage)
        stage.open(**kind.promises)
        for _ in range(stage.plan.faults):
            stage.journal.write("fault", text=kind.name)
            stage.draw()
            kind.fault(stage)
        stage.settle()
        for row in audit_rows(stage.system, stage.board):
            stage.journal.write("audit", **row)
        if kind.promises.get("has_audit", True):
            fault = job(stage.system, "verify_audit_log").wait()
            stage.journal.write("audit-chain", ok=fault == "", text=fault)

    def _judge(self, plan: Plan, directory: Path) -> Result:
        events = read_journals(directory.glob("*.jsonl"))
        result = Result(plan, check(events), directory=directory)
        for event in events:
            result.writes += event.kind == "write"
            result.acknowledged += event.kind == "ack"
            result.sightings += event.kind == "seen"
        return result

    def _people(self) -> list[People]:
        while len(self._hosts) < HOSTS:
            self._hosts.append(People())
        return self._hosts

    def can_play(self, name: str) -> bool:
        """Whether the machine has what a kind needs."""
        kind = self.kinds[name]
        return (not kind.needs_compiler or shutil.which("cc") is not None) and (
            not kind.needs_network or is_possible()
        )

    def _system(self, kind: Kind) -> System:
        name = kind.system
        if name not in self._systems:
            self._systems[name] = self._begin(kind, self._directory / name)
        return self._systems[name]

    def _begin(self, kind: Kind, directory: Path) -> System:
        name = kind.system
        if name in (SQLITE, RECOVERING):
            copy_data(self._data(), directory, with_rows=True)
            environment = {"CANVAS_RECOVERY": "chaos"} if name == RECOVERING else {}
            return OnSQLite(directory, **environment)
        bus = REDIS if REDIS in name else POSTGRES
        network = Network() if kind.needs_network else None
        is_lossy = name in (LOSSY_REDIS, LOSSY_POSTGRES)
        return Cluster(
            directory, self._data(), self._postgres(), bus, is_lossy=is_lossy, network=network
        )
