"""A lone edit is committed at once; the more a commit had, the longer the next one waits."""

import pytest
from pytest_django.fixtures import Settings

from sync.rooms.committer import MAX_PAUSE_SECONDS, pause_after


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
