"""Short runs of chaos; `make chaos SEEDS=200` is the long form.

`CANVAS_CHAOS_SEEDS` plays more seeds of each kind.
"""

import os

import pytest

from proof.chaos.kept import kept
from proof.chaos.plan import Plan
from proof.chaos.runner import Result, Theatre
from tests.network import is_possible

SEEDS = int(os.environ.get("CANVAS_CHAOS_SEEDS", "1"))
# A browser that loads something meanwhile gives up at once: its network has changed.
CABLED = pytest.param("machine is lost (postgres)", marks=pytest.mark.alone)
SHORT = (
    "kill -9",
    "killed after commit",
    "death during compaction",
    "full disk",
    "permission flips",
    "programs beside people",
    "one of three is killed (redis)",
    *((CABLED,) if is_possible() else ()),
)
"""A kind of every file, on three of the systems; the others take as long."""
BROKEN = (
    ("acknowledges before commit", "killed after insert", 40, "lost"),
    ("leaves sockets what they may", "permission flips", 60, "authority"),
    # Takes a minute.
    *((("drops one update in 1,000", "nothing", 400, "lost"),) if SEEDS > 1 else ()),
)
pytestmark = pytest.mark.timeout(180 * SEEDS)


def told(result: Result) -> list[str]:
    """The anomalies, with what plays them again."""
    return [f"{result.plan.command}: {anomaly}" for anomaly in result.anomalies]


@pytest.mark.parametrize("kind", SHORT)
def test_nothing_is_lost_or_reordered_and_nobody_does_what_they_may_not(
    theatre: Theatre, kind: str
) -> None:
    for seed in range(SEEDS):
        result = theatre.play(Plan(kind, seed))
        assert told(result) == []
        assert result.writes > 0
        assert result.acknowledged > 0
        assert result.sightings > 0


@pytest.mark.parametrize("plan", kept(), ids=lambda plan: f"{plan.kind} {plan.seed}")
def test_what_once_failed_stays_repaired(theatre: Theatre, plan: Plan) -> None:
    assert told(theatre.play(plan)) == []


@pytest.mark.parametrize(("build", "kind", "operations", "anomaly"), BROKEN)
def test_servers_that_are_broken_on_purpose_are_found_out(
    theatre: Theatre, build: str, kind: str, operations: int, anomaly: str
) -> None:
    found: set[str] = set()
    for seed in range(8):
        plan = Plan(kind, seed, operations=operations, faults=1, build=build)
        found |= {one.kind for one in theatre.play(plan).anomalies}
        if anomaly in found:
            break
    assert anomaly in found
