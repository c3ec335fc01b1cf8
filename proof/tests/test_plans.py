"""A plan is the same again from its command and from the file of kept ones, and is made smaller."""

import shlex
from pathlib import Path

from proof.chaos.__main__ import _options, plans
from proof.chaos.kept import keep, kept
from proof.chaos.kinds import all_kinds
from proof.chaos.plan import Plan
from proof.chaos.runner import Result
from proof.chaos.shrink import shrink
from proof.history.check import Anomaly

PLAN = Plan("kill -9", 17, people=5, operations=33, faults=3, build="acknowledges before commit")


def test_the_command_of_a_failure_plays_the_same_plan() -> None:
    words = shlex.split(PLAN.command)
    options = _options(words[words.index("proof.chaos") + 1 :])
    assert list(plans(options, options.kind)) == [PLAN]


def test_a_kept_plan_is_the_same_again_and_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text("[]")
    for _ in range(2):
        keep(PLAN, "lost: something", path)
    assert kept(path) == [PLAN]


def test_a_plan_is_made_as_small_as_it_still_fails() -> None:
    """It fails with two people who do ten things, whatever else happens."""

    def play(plan: Plan) -> Result:
        fails = plan.people >= 2 and plan.operations >= 10
        return Result(plan, [Anomaly("lost", "x")] if fails else [])

    small = shrink(PLAN, play, {"lost"}, max_runs=1000)
    assert (small.people, small.operations, small.faults) == (2, 10, 1)


def test_an_anomaly_of_another_kind_is_not_mistaken_for_the_one_that_is_shrunk() -> None:
    def play(plan: Plan) -> Result:
        return Result(plan, [Anomaly("lost" if plan.faults == 3 else "ghost", "x")])

    assert shrink(PLAN, play, {"lost"}).faults == 3


def test_no_name_of_a_kind_has_a_comma_that_would_divide_it_in_a_list() -> None:
    kinds = all_kinds()
    assert len(kinds) >= 24
    assert not [name for name in kinds if "," in name]
