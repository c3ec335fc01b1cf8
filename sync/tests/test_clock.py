"""The clock is set while people draw: nobody notices, and nothing waits for the old time."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from boards.models import Board
from sync.models import ConnectedCount
from sync.programs.jobs import JOBS, jobs_due, run_due_jobs
from sync.rooms import connected
from sync.rooms.connected import connected_now
from sync.tests.conftest import Open

JUMPS = [timedelta(days=1), -timedelta(hours=1)]
SetClock = Callable[[timedelta], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    now, seconds = timezone.now, time.time

    def set_by(jump: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + jump)
        monkeypatch.setattr(time, "time", lambda: seconds() + jump.total_seconds())

    return set_by


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("jump", JUMPS)
async def test_a_room_lives_through_it(
    board: Board,
    alice: User,
    bob: User,
    connect: Open,
    set_clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    jump: timedelta,
) -> None:
    monkeypatch.setattr("sync.rooms.upkeep.POLL_SECONDS", 0.02)
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("before", type="rectangle")
    await a.until_saved()
    set_clock(jump)
    await asyncio.sleep(0.5)  # 25 rounds of everything that is done once a second or more rarely
    await a.draw("after", type="rectangle")
    await a.until_saved()
    await b.until(lambda: b.ids() == {"before", "after"})
    assert (a.close_code, b.close_code) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_the_count_of_who_is_connected_is_right_soon_after(
    board: Board, set_clock: SetClock
) -> None:
    mine, killed = uuid4(), uuid4()
    set_clock(timedelta(days=1))
    connected._write(mine, {board.pk: (1, 1)})
    connected._write(killed, {board.pk: (1, 1)})
    set_clock(timedelta(0))
    assert not connected_now().exists()
    connected._write(mine, {})
    assert not ConnectedCount.objects.exists()


@pytest.mark.django_db
def test_jobs_do_not_wait_for_the_old_time(set_clock: SetClock) -> None:
    set_clock(timedelta(days=1))
    run_due_jobs()
    set_clock(timedelta(0))
    assert jobs_due() == list(JOBS)
    run_due_jobs()
    assert jobs_due() == []
