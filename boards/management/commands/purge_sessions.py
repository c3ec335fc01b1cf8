"""Deletes expired sessions in parts."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.utils import timezone

_AT_ONCE = 1000


class Command(BaseCommand):
    """Run it once a day. Django's `clearsessions` would load every row to announce its end; the
    sockets of these sessions are closed already."""

    help = "Delete the sessions that have ended."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = Session.objects.filter(expire_date__lt=timezone.now())
        count = 0
        while keys := list(ended.values_list("pk", flat=True)[:_AT_ONCE]):
            some = ended.filter(pk__in=keys)
            count += some._raw_delete(some.db)
        self.stdout.write(f"Deleted {count} sessions that had ended.")
