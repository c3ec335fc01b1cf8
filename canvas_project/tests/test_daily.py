"""The thread of the server that starts the daily jobs."""

import time

import pytest
from pytest_django.fixtures import Settings

from canvas_project.daily import DailyJobs
from sync.models import JobRun


@pytest.mark.django_db(transaction=True)
def test_it_starts_a_process_when_something_is_due_and_stops(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(DailyJobs, "_run_child", lambda self: started.append("child"))
    jobs = DailyJobs(first_look=0.01, look=0.05)
    jobs.start()
    try:
        while len(started) < 2:
            time.sleep(0.01)
        settings.CANVAS_DAILY_JOBS = ["none"]
        time.sleep(0.1)
        count = len(started)
        time.sleep(0.2)
        assert len(started) == count
    finally:
        jobs.stop()
    assert not jobs.is_alive()
    assert not JobRun.objects.exists()
