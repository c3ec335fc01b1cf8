"""Daily jobs: each once a day, by one process, with its outcome stored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from audit.models import AuditLog
from audit.triggers import lifted
from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.models import JobRun
from sync.programs.jobs import AGAIN_AFTER_FAILURE, CLAIM_LASTS, EVERY, JOBS, jobs_due, run_due_jobs


def age(name: str, by: timedelta) -> None:
    JobRun.objects.filter(name=name).update(started_at=timezone.now() - by)


@pytest.mark.django_db
def test_each_runs_once_a_day_and_does_its_work(alice: User) -> None:
    old = make_board(alice, is_trashed=True)
    Board.objects.update(deleted_at=timezone.now() - timedelta(days=31))
    assert [(run.name, run.outcome) for run in run_due_jobs()] == [(name, "ok") for name in JOBS]
    assert not Board.objects.filter(pk=old.pk).exists()
    assert run_due_jobs() == []
    age("purge_trash", EVERY)
    assert jobs_due() == ["purge_trash"]


@pytest.mark.django_db
def test_what_is_switched_off_does_not_run(settings: Any) -> None:
    settings.CANVAS_DAILY_JOBS = ["verify_audit_log"]
    assert [run.name for run in run_due_jobs()] == ["verify_audit_log"]
    settings.CANVAS_DAILY_JOBS = ["none"]
    age("verify_audit_log", EVERY)
    assert jobs_due() == []


@pytest.mark.django_db
def test_a_failure_is_told_everywhere_and_tried_again(alice: User, dana: User) -> None:
    client_of(alice).get("/")  # signing in leaves a row
    with lifted(connection, "prune"):
        AuditLog.objects.all()._raw_delete(using="default")
    with pytest.raises(CommandError, match="A daily job failed"):
        call_command("run_daily_jobs")
    run = JobRun.objects.get(name="verify_audit_log")
    assert (run.outcome, run.succeeded_at) == ("failed", None)
    assert run.detail
    assert JobRun.objects.get(name="purge_trash").outcome == "ok"
    page = client_of(dana).get("/admin/status").content.decode()
    assert "Run `manage.py verify_audit_log` to see why" in page
    metrics = client_of(dana).get("/metrics").content.decode()
    assert 'canvas_job_failed{job="verify_audit_log"} 1.0' in metrics
    assert 'canvas_job_last_success_timestamp_seconds{job="purge_trash"}' in metrics
    assert jobs_due() == []
    age("verify_audit_log", AGAIN_AFTER_FAILURE)
    assert jobs_due() == ["verify_audit_log"]


@pytest.mark.django_db
def test_a_run_that_was_killed_holds_its_claim_for_some_hours() -> None:
    run_due_jobs()
    JobRun.objects.filter(name="purge_trash").update(outcome="running", finished_at=None)
    age("purge_trash", CLAIM_LASTS - timedelta(minutes=1))
    assert jobs_due() == []
    age("purge_trash", CLAIM_LASTS)
    assert jobs_due() == ["purge_trash"]


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_one_runs_a_job() -> None:
    def run(_: int) -> list[str]:
        try:
            return [run.name for run in run_due_jobs()]
        finally:
            connection.close()

    for _ in range(3):
        with ThreadPoolExecutor(4) as threads:
            ran = [name for names in threads.map(run, range(4)) for name in names]
        assert sorted(ran) == sorted(JOBS)
        for name in JOBS:
            age(name, EVERY)
