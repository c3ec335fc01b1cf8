"""Floods cost the others little, and people never notice that there are limits."""

import asyncio
import time
from functools import partial
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from boards.models import Board
from sync.rooms.limits import AnswerRate, ReadRate
from sync.rooms.member import ANSWERS_AT_ONCE
from sync.tests.conftest import Open
from sync.tests.yclient import TIMEOUT
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """Stands for time, where a test would otherwise last for hours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("sync.rooms.limits.time.monotonic", lambda: self.now)


def test_a_hand_is_never_too_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    rate = ReadRate(300, 1_000_000, 16)
    assert rate.seconds_too_soon(4_000_000) == 0  # all of a long time offline at once
    for _ in range(200_000):
        clock.now += 1 / 120
        assert rate.seconds_too_soon(300) == 0


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_flood_is_read_at_the_rate(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    clock = Clock(monkeypatch)
    rate = ReadRate(300, 1_000_000, 16)
    frames = 0
    while clock.now < 1100:
        clock.now += rate.seconds_too_soon(size)
        frames += 1
    allowed = min(300, 1_000_000 / size) * 116
    assert 0.9 * allowed < frames < 1.1 * allowed


async def test_of_many_questions_the_newest_of_each_kind_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However long the questions take to be asked, no time passes for the rate.
    monkeypatch.setattr("sync.rooms.limits.time", SimpleNamespace(monotonic=lambda: 1000.0))
    answered: list[tuple[str, int]] = []
    answers = AnswerRate(per_second=50, burst=3)
    for number in range(100):
        for kind in ("a", "b"):
            answers.ask(kind, partial(answered.append, (kind, number)))
    assert len(answered) == 3
    async with asyncio.timeout(TIMEOUT):
        while len(answered) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert len(answered) == 5
    assert set(answered[3:]) == {("a", 99), ("b", 99)}


def most_answers(started: float) -> float:
    """How many answers one socket gets at most in the time since then."""
    seconds = time.monotonic() - started
    return ANSWERS_AT_ONCE + settings.CANVAS_ANSWERS_PER_SECOND * seconds + 1


async def test_a_flood_of_steps_1_is_answered_a_few_times_and_at_last(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    painter = await connect(board, alice)
    asker = await connect(board, alice)
    await painter.draw("e", pos=[1, 2])
    await painter.until_saved()
    await asker.until(lambda: "e" in asker.ids())
    steps, started = asker.step2s, time.monotonic()
    for _ in range(300):
        await asker.send(frames.encode_step1(b"\x00"))
    await painter.draw("later", pos=[1, 2])
    await painter.until_saved()
    await asker.send(frames.encode_step1(b"\x00"))
    await asyncio.sleep(1.2)
    assert asker.close_code is None
    assert 1 <= asker.step2s - steps <= most_answers(started)


async def test_a_flood_of_gaps_is_answered_a_few_times(
    board: Board, alice: User, connect: Open
) -> None:
    client = await connect(board, alice)
    client.edit("lost", pos=[0, 0])
    before, started = len(client.step1s), time.monotonic()
    for number in range(200):
        await client.send(frames.encode_update(client.edit("e", n=number)))
    await client.until(lambda: len(client.step1s) > 1)
    await asyncio.sleep(0.3)
    assert len(client.step1s) - before <= most_answers(started)
    assert client.close_code is None
    await client.send(frames.encode_step2(client.doc.get_update()))
    await client.until_saved()
    assert client.close_code != CloseCode.MALFORMED
