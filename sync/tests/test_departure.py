"""People who are sent away before a restart leave a few at a time."""

from collections import Counter

from sync.rooms.departure import LONGEST_SECONDS, PAUSE_SECONDS, SOCKETS_AT_ONCE, send_away
from sync.wire.close_codes import CloseCode


class _Socket:
    def __init__(self, closed: Counter[float], now: list[float]) -> None:
        self._closed, self._now = closed, now

    def close(self, code: CloseCode, reason: str) -> None:
        assert code is CloseCode.RESTARTING
        self._closed[self._now[0]] += 1


async def _closed_at(count: int, *, in_turn: bool = True) -> Counter[float]:
    """How many sockets are closed at which second."""
    now, closed = [0.0], Counter[float]()

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    await send_away([_Socket(closed, now) for _ in range(count)], "", in_turn=in_turn, sleep=sleep)
    return closed


async def test_a_few_leave_at_once() -> None:
    assert await _closed_at(SOCKETS_AT_ONCE) == {0.0: SOCKETS_AT_ONCE}
    assert await _closed_at(0) == {}


async def test_many_leave_one_group_after_the_other() -> None:
    closed = await _closed_at(2 * SOCKETS_AT_ONCE + 1)
    assert closed == {0.0: SOCKETS_AT_ONCE, PAUSE_SECONDS: SOCKETS_AT_ONCE, 2 * PAUSE_SECONDS: 1}


async def test_however_many_there_are_it_ends_soon() -> None:
    closed = await _closed_at(10_000)
    assert closed.total() == 10_000
    assert max(closed) <= LONGEST_SECONDS
    assert max(closed.values()) <= 10_000 * PAUSE_SECONDS / LONGEST_SECONDS


async def test_without_another_process_nobody_is_kept() -> None:
    assert await _closed_at(25, in_turn=False) == {0.0: 25}
