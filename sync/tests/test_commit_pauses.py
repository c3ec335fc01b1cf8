"""A lone edit is committed at once; the more a commit had, or the more people read it, the longer
the next one waits.
"""

from collections import Counter
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from boards.models import Board
from sync.rooms import committer
from sync.rooms.committer import (
    MANY_READERS,
    MAX_PAUSE_SECONDS,
    MAX_REST_SECONDS,
    pause_after,
    rest_after,
)
from sync.rooms.process import close_rooms
from sync.storage import store
from sync.storage.batches import Batch
from sync.tests.conftest import Open
from sync.tests.gates import stored_content


def test_a_small_commit_is_followed_by_the_interval_of_the_settings(settings: Settings) -> None:
    settings.CANVAS_COMMIT_INTERVAL_MS = 2
    assert pause_after(rooms=0, edits=0) == pytest.approx(0.002)
    assert pause_after(rooms=1, edits=1) < 0.0025


@pytest.mark.parametrize("what", ["rooms", "edits"])
def test_the_more_it_had_the_longer_the_pause_up_to_a_limit(settings: Settings, what: str) -> None:
    settings.CANVAS_COMMIT_INTERVAL_MS = 2
    counts = [{"rooms": 1, "edits": 1} | {what: n} for n in (1, 10, 30, 1000, 100_000)]
    pauses = [pause_after(**count) for count in counts]
    assert pauses[0] < pauses[1] < pauses[2] < pauses[3]
    assert pauses[3:] == [MAX_PAUSE_SECONDS] * 2


def test_a_room_rests_by_the_number_of_its_readers_up_to_a_limit() -> None:
    assert rest_after(MANY_READERS - 1) == 0
    assert 0 < rest_after(MANY_READERS) < rest_after(2 * MANY_READERS) < MAX_REST_SECONDS
    assert rest_after(100_000) == MAX_REST_SECONDS


@pytest.mark.django_db(transaction=True)
async def test_a_room_that_rests_keeps_no_other_waiting_and_loses_nothing_when_it_closes(
    board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committer, "MANY_READERS", 3)
    monkeypatch.setattr(committer, "SECONDS_FOR_A_READER", 60.0)
    monkeypatch.setattr(committer, "MAX_REST_SECONDS", 3600.0)
    commits: Counter[UUID] = Counter()
    real = store._commit

    def counting(batches: list[Batch]) -> list[store.Outcome]:
        commits.update(batch.board_id for batch in batches)
        return real(batches)

    monkeypatch.setattr(store, "_commit", counting)
    other = await Board.objects.acreate(title="Other", owner=alice)
    author, *_readers = [await connect(board, alice) for _ in range(3)]
    alone = await connect(other, alice)
    await author.draw("first", type="rectangle")
    await author.until_saved()
    for step in range(5):
        await author.draw(f"later {step}", type="rectangle")
        await alone.draw(f"{step}", type="rectangle")
        await alone.until_saved()
    assert commits[board.pk] == 1
    assert commits[other.pk] == 5
    await close_rooms()
    assert commits[board.pk] == 2
    assert set(await stored_content(board)) == {"first", *(f"later {step}" for step in range(5))}
