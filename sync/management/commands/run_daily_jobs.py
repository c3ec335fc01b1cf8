"""Runs the daily jobs that are due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.models import JobRun
from sync.programs.jobs import run_due_jobs


class Command(BaseCommand):
    """`serve` calls it. Without `serve`, call it from cron as often as you like."""

    help = "Run the jobs of CANVAS_DAILY_JOBS that are due, each in one process only."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs them one after another; fails if one failed."""
        runs = run_due_jobs()
        for run in runs:
            self.stdout.write(f"{run.name}: {run.get_outcome_display()}. {run.detail}")
        if any(run.outcome == JobRun.Outcome.FAILED for run in runs):
            raise CommandError("A daily job failed.")
