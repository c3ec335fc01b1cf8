"""The daily jobs: which are due, and that each is run by one process.

A run is claimed by one conditional write of its row. A failed or killed run is tried again after an
hour; a claim by a machine that is gone expires after six.
"""

import io
import logging
import os
import socket
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from sync.models import JobRun

logger = logging.getLogger(__name__)

JOBS = (
    *("verify_audit_log", "prune_audit_log"),
    *("purge_trash", "purge_sessions", "purge_set_aside", "purge_notifications"),
)
"""In this order, so that tampering is noticed before anything is removed."""
EVERY = timedelta(days=1)
AGAIN_AFTER_FAILURE = timedelta(hours=1)
CLAIM_LASTS = timedelta(hours=6)
CLOCKS_DIFFER_BY = timedelta(hours=1)
DETAIL_LENGTH = 300


def enabled_jobs() -> list[str]:
    """The jobs that CANVAS_DAILY_JOBS leaves switched on."""
    return [name for name in JOBS if name in settings.CANVAS_DAILY_JOBS]


def jobs_due() -> list[str]:
    """The enabled jobs that are due."""
    waiting = set(JobRun.objects.exclude(_is_due()).values_list("name", flat=True))
    return [name for name in enabled_jobs() if name not in waiting]


def run_due_jobs() -> list[JobRun]:
    """Runs the due jobs that no other process has claimed; returns how they ended."""
    return [_run(name) for name in jobs_due() if _claim(name)]


def process_name(pid: int) -> str:
    """A name for a process that is unique across machines."""
    return f"{socket.gethostname()[:80]}:{pid}"


def run_ended(process: str, detail: str) -> None:
    """Marks the jobs of a dead process as failed, to be tried again in an hour."""
    JobRun.objects.filter(process=process, outcome=JobRun.Outcome.RUNNING).update(
        outcome=JobRun.Outcome.FAILED, finished_at=timezone.now(), detail=detail
    )


def _is_due() -> Q:
    now = timezone.now()
    outcome = JobRun.Outcome
    return (
        Q(outcome=outcome.OK, started_at__lte=now - EVERY)
        | Q(outcome=outcome.FAILED, started_at__lte=now - AGAIN_AFTER_FAILURE)
        | Q(outcome=outcome.RUNNING, started_at__lte=now - CLAIM_LASTS)
        | Q(started_at__gt=now + CLOCKS_DIFFER_BY)  # the clock has been set back since
    )


def _claim(name: str) -> bool:
    claim = {
        "started_at": timezone.now(),
        "finished_at": None,
        "outcome": JobRun.Outcome.RUNNING,
        "process": process_name(os.getpid()),
    }
    if JobRun.objects.filter(_is_due(), name=name).update(**claim):
        return True
    try:
        with transaction.atomic():
            JobRun.objects.create(name=name, **claim)
    except IntegrityError:  # it has run already, or another process was quicker
        return False
    return True


def _run(name: str) -> JobRun:
    output, outcome = io.StringIO(), JobRun.Outcome.OK
    try:
        call_command(name, stdout=output, stderr=output)
        detail = output.getvalue().strip()
    except CommandError as error:
        outcome, detail = JobRun.Outcome.FAILED, str(error)
    except Exception as error:
        logger.exception("job %s failed", name)
        outcome, detail = JobRun.Outcome.FAILED, f"{type(error).__name__}; see the log"
    if outcome == JobRun.Outcome.FAILED:
        logger.error("job %s: %s", name, detail)
    run = JobRun.objects.get(name=name)
    run.finished_at, run.outcome = timezone.now(), outcome
    run.detail = detail.rpartition("\n")[2][-DETAIL_LENGTH:]
    if outcome == JobRun.Outcome.OK:
        run.succeeded_at = run.finished_at
    run.save(update_fields=["finished_at", "outcome", "detail", "succeeded_at"])
    return run
