"""A workshop as JSON, the same in REST and in events: nothing in it is one person's secret."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from boards.board_state import WORKSHOP
from boards.models import Workshop

LEAD_SECONDS = 150
"""The lead of somebody falls free so long after their page was heard from last. Pages say so every
thirty seconds, hidden ones every minute."""


def lead_free_at(workshop: Workshop) -> datetime | None:
    """When the lead falls free; None if nobody leads any more."""
    seen_at = workshop.lead_seen_at
    free_at = seen_at and seen_at + timedelta(seconds=LEAD_SECONDS)
    return free_at if free_at and free_at > timezone.now() else None


def workshop_shape(workshop: Workshop) -> dict[str, Any]:
    """What everybody may see. Times are milliseconds of the server's clock; `now` is its present,
    so that pages need no right clock."""
    free_at = lead_free_at(workshop)
    return {
        "now": _ms(timezone.now()),
        "revision": workshop.revision,
        "lead": free_at
        and {"id": workshop.lead_key, "name": workshop.lead_name, "free_at": _ms(free_at)},
        "timer": _timer(workshop),
        "vote": _vote(workshop),
        "writing": workshop.writing_id and {"id": str(workshop.writing_id)},
    }


def workshop_event(workshop: Workshop | None, revision: int) -> dict[str, Any]:
    """The event of a change; `workshop` is null once it has ended."""
    shape = workshop and workshop_shape(workshop)
    return {"type": WORKSHOP, "revision": revision, "workshop": shape}


def _timer(workshop: Workshop) -> dict[str, Any] | None:
    if not workshop.timer_seconds:
        return None
    ends_at = workshop.timer_ends_at
    return {
        "seconds": workshop.timer_seconds,
        "ends_at": ends_at and _ms(ends_at),
        "left_ms": workshop.timer_left_ms,
    }


def _vote(workshop: Workshop) -> dict[str, Any] | None:
    if workshop.vote_id is None:
        return None
    results = workshop.vote_results
    finished = 0 if results else workshop.ballots.filter(is_done=True).count()
    return {
        "id": str(workshop.vote_id),
        "dots": workshop.vote_dots,
        "objects": workshop.vote_objects,
        "finished": finished,
        "results": results,
    }


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
