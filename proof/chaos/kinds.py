"""The kinds of fault, by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from proof.chaos.stage import Stage

SQLITE, RECOVERING = "sqlite", "recovering"
REDIS, POSTGRES = "redis", "postgres"
LOSSY_REDIS, LOSSY_POSTGRES = "lossy-redis", "lossy-postgres"
CABLED_REDIS, CABLED_POSTGRES = "cabled-redis", "cabled-postgres"
"""Names of systems; see `proof.chaos.runner`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: on which system, what it does, and what it changes of the promises."""

    name: str
    system: str
    fault: Callable[[Stage], None]
    """Called several times in a run, while people draw; ends when the fault is over."""
    before: Callable[[Stage], None] = lambda stage: stage.system.heal()
    """Brings the system into the state in which the run begins."""
    promises: dict[str, Any] = field(default_factory=dict)
    needs_compiler: bool = False

    @property
    def needs_network(self) -> bool:
        """Whether its servers are in networks of their own."""
        return self.system in (CABLED_REDIS, CABLED_POSTGRES)


def all_kinds() -> dict[str, Kind]:
    """Every kind, in the order in which they run."""
    from proof.chaos import (
        cluster_kinds,
        crash_kinds,
        network_kinds,
        people_kinds,
        storage_kinds,
    )

    modules = (crash_kinds, storage_kinds, people_kinds, cluster_kinds, network_kinds)
    return {kind.name: kind for module in modules for kind in module.KINDS}
