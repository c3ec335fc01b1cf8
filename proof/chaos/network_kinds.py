"""Cables are pulled: what servers send, and what is sent to them, vanishes."""

from collections.abc import Callable, Sequence
from functools import partial

from proof.chaos.cluster import Cluster
from proof.chaos.crash_kinds import after_a_crash
from proof.chaos.kinds import CABLED_POSTGRES, CABLED_REDIS, POSTGRES, REDIS, Kind
from proof.chaos.stage import Stage
from tests.network import BACK, FRONT

LONG_SHARE = 0.25
LONG_SECONDS = (6.5, 8.0)
"""Longer than servers show each other's people."""
PATIENCE = 3.0
"""How long a newcomer waits at a server that they may not reach."""


def out_of_reach(cables: Sequence[str], stage: Stage) -> None:
    """One server loses what is at these cables, for a moment or until the others give it up; a
    newcomer tries it, and another reads elsewhere.
    """
    stage.rest()
    at = _pull(stage, cables)
    _wait(stage)
    stage.newcomer(server=at, patience=PATIENCE)
    stage.newcomer(server=at + 1)
    after_a_crash(stage)


def machine_is_lost(stage: Stage) -> None:
    """One server ends without a word to anybody: PostgreSQL, Redis and people have to find out."""
    stage.rest()
    at = _pull(stage, (FRONT, BACK))
    stage.system.servers[at].kill()
    stage.leave(stage.share())
    stage.newcomer(server=at + 1)
    _wait(stage)
    stage.system.heal()
    stage.newcomer(server=at)
    stage.come_back()


def _pull(stage: Stage, cables: Sequence[str]) -> int:
    assert isinstance(stage.system, Cluster)
    at = stage.random.randrange(len(stage.system.servers))
    for name in cables:
        stage.system.cables[at][name].pull()
    return at


def _wait(stage: Stage) -> None:
    if stage.random.random() < LONG_SHARE:
        stage.rest(*LONG_SECONDS)
    else:
        stage.rest(0.3, 2.0)


_FAULTS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("database out of reach", partial(out_of_reach, (BACK,))),
    ("server out of reach", partial(out_of_reach, (FRONT,))),
    ("server without any network", partial(out_of_reach, (FRONT, BACK))),
    ("machine is lost", machine_is_lost),
)
KINDS = tuple(
    Kind(f"{name} ({bus})", system, fault)
    for name, fault in _FAULTS
    for bus, system in ((REDIS, CABLED_REDIS), (POSTGRES, CABLED_POSTGRES))
)
