"""Who is refused again and again waits longer and longer; everybody else does not."""

from sync import tarpit
from sync.tarpit import Tarpit


def test_the_first_refusals_are_answered_at_once_and_later_ones_wait() -> None:
    now = 0.0
    refusals = Tarpit(lambda: now)
    delays = [refusals.delay_after_refusal("10.0.0.1") for _ in range(tarpit.FREE_REFUSALS + 40)]
    assert delays[: tarpit.FREE_REFUSALS] == [0.0] * tarpit.FREE_REFUSALS
    assert delays == sorted(delays)
    assert delays[-1] == tarpit.MAX_DELAY_SECONDS
    assert refusals.delay_after_refusal("10.0.0.2") == 0.0


def test_a_quiet_minute_forgives() -> None:
    now = 0.0
    refusals = Tarpit(lambda: now)
    for _ in range(tarpit.FREE_REFUSALS + 40):
        refusals.delay_after_refusal("10.0.0.1")
    now = tarpit.WINDOW_SECONDS + 1
    assert refusals.delay_after_refusal("10.0.0.1") == 0.0


def test_many_addresses_cost_bounded_memory() -> None:
    refusals = Tarpit(lambda: 0.0)
    for number in range(tarpit.MAX_ADDRESSES + 500):
        refusals.delay_after_refusal(str(number))
    assert len(refusals._refusals) == tarpit.MAX_ADDRESSES
