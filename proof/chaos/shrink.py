"""Makes a plan that fails smaller: fewer faults, people and operations, as long as it still fails.

The moments at which threads and processes do something are not in a seed. So a smaller plan is
played a few times before it counts as one that does not fail, and the failing one is what is kept.
"""

from collections.abc import Callable

from proof.chaos.plan import Plan
from proof.chaos.runner import Result

ATTEMPTS = 3
MAX_RUNS = 40


def shrink(
    plan: Plan, play: Callable[[Plan], Result], kinds: set[str], max_runs: int = MAX_RUNS
) -> Plan:
    """The smallest plan that was seen to fail with one of these kinds of anomaly."""
    runs = 0

    def still_fails(candidate: Plan) -> bool:
        nonlocal runs
        for _ in range(ATTEMPTS):
            runs += 1
            if kinds & {anomaly.kind for anomaly in play(candidate).anomalies}:
                return True
        return False

    is_smaller = True
    while is_smaller and runs < max_runs:
        is_smaller = False
        for candidate in plan.smaller():
            if runs < max_runs and still_fails(candidate):
                plan, is_smaller = candidate, True
                break
    return plan
