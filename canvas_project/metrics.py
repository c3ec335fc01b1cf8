"""Serves the engine's metrics to Prometheus and to staff only."""

import hmac
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from sync.models import JobRun

JOB_SUCCEEDED = Gauge(
    "canvas_job_last_success_timestamp_seconds", "When a daily job last went well.", ["job"]
)
JOB_FAILED = Gauge("canvas_job_failed", "1 when the newest run of a daily job failed.", ["job"])


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics of this process; 404 for anyone else."""
    if not (has_metrics_token(request) or getattr(request.user, "is_staff", False)):
        return HttpResponse(status=404)
    _read_jobs()
    return HttpResponse(generate_latest(), CONTENT_TYPE_LATEST)


def _read_jobs() -> None:
    """Sets the metrics of jobs from their rows, because jobs run in other processes."""
    with suppress(DatabaseError):
        for run in JobRun.objects.all():
            JOB_FAILED.labels(run.name).set(run.outcome == JobRun.Outcome.FAILED)
            if run.succeeded_at is not None:
                JOB_SUCCEEDED.labels(run.name).set(run.succeeded_at.timestamp())


def has_metrics_token(request: HttpRequest) -> bool:
    """Whether a request carries the metrics token."""
    expected = settings.CANVAS_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
