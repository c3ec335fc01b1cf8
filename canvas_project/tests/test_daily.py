"""The thread of the server that starts the daily jobs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django.fixtures import Settings

from boards.tests.factories import client_of
from canvas_project.daily import DailyJobs
from sync.low_priority import NICENESS
from sync.models import JobRun
from sync.programs.jobs import AGAIN_AFTER_FAILURE, jobs_due, process_name


@pytest.mark.django_db(transaction=True)
def test_it_starts_a_process_when_something_is_due_and_stops(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(DailyJobs, "_run_child", lambda self: started.append("child"))
    looks, look = list[int](), DailyJobs.look

    def noted(jobs: DailyJobs) -> None:
        look(jobs)
        looks.append(1)

    monkeypatch.setattr(DailyJobs, "look", noted)
    jobs = DailyJobs(first_look=0.01, look=0.05)
    jobs.start()
    try:
        while len(started) < 2:
            time.sleep(0.01)
        settings.CANVAS_DAILY_JOBS = ["none"]
        before = len(looks)
        _until(lambda: len(looks) >= before + 2)  # the first of them may have begun before
        count, before = len(started), len(looks)
        _until(lambda: len(looks) >= before + 3)
        assert len(started) == count
    finally:
        jobs.stop()
    assert not jobs.is_alive()
    assert not JobRun.objects.exists()


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OSError(12, "Cannot allocate memory"), ValueError("whatever")])
def test_it_survives_a_process_that_cannot_be_started(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    tried: list[int] = []

    def fail(*args: object, **options: object) -> None:
        tried.append(1)
        raise error

    monkeypatch.setattr(subprocess, "Popen", fail)
    jobs = DailyJobs(first_look=0.01, look=0.02)
    jobs.start()
    try:
        _until(lambda: len(tried) >= 3)
        assert jobs.is_alive()
        assert "trying again" in caplog.text
    finally:
        jobs.stop()


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_process_is_killed_shows_and_is_tried_again(
    dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.Popen

    def start(command: list[str], **options: Any) -> Any:
        return real([sys.executable, "-c", "import time; time.sleep(60)"], **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    jobs = DailyJobs(first_look=0.01, look=60)
    jobs.start()
    try:
        _until(lambda: jobs._child)
        child = jobs._child
        assert child is not None
        JobRun.objects.create(
            name="purge_trash",
            started_at=timezone.now(),
            outcome=JobRun.Outcome.RUNNING,
            process=process_name(child.pid),
        )
        assert os.getpriority(os.PRIO_PROCESS, child.pid) >= NICENESS
        os.kill(child.pid, signal.SIGKILL)
        _until(lambda: JobRun.objects.get().outcome == JobRun.Outcome.FAILED)
    finally:
        jobs.stop()
    page = client_of(dana).get("/admin/status").content.decode()
    assert "its process was ended by SIGKILL" in page
    assert "purge_trash" not in jobs_due()
    JobRun.objects.update(started_at=timezone.now() - AGAIN_AFTER_FAILURE)
    assert "purge_trash" in jobs_due()
