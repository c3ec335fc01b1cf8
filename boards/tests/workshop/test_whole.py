"""Private writing, the end of a workshop, what the log says of it, and its limits."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from audit.models import AuditLog
from boards.models import Ballot, Board, Workshop
from boards.tests.workshop.seat import Seat, open_vote


def test_private_writing_begins_and_is_revealed(seats: dict[str, Seat]) -> None:
    seats["editor"].does("post", "lead")
    begun = seats["editor"].does("put", "writing")["workshop"]["writing"]
    assert seats["viewer"].state()["workshop"]["writing"] == begun
    assert seats["editor"].does("put", "writing")["workshop"]["writing"] == begun
    assert seats["editor"].does("delete", "writing")["workshop"]["writing"] is None
    assert seats["editor"].does("put", "writing")["workshop"]["writing"] != begun


def test_a_workshop_ends_for_everybody(board: Board, seats: dict[str, Seat]) -> None:
    open_vote(seats)
    seats["commenter"].votes({"note-1": 1})
    board.refresh_from_db()
    assert board.workshop_revision > 0
    assert seats["second"].send("delete").status_code == 403
    assert seats["alice"].does("delete")["workshop"] is None
    assert not Workshop.objects.exists()
    assert not Ballot.objects.exists()
    board.refresh_from_db()
    assert board.workshop_revision == 0
    assert seats["alice"].does("delete")["workshop"] is None


def test_revisions_only_grow_over_the_end_of_a_workshop(
    board: Board, seats: dict[str, Seat]
) -> None:
    first = seats["editor"].does("post", "lead")["workshop"]["revision"]
    seats["editor"].does("delete")
    again = seats["editor"].does("post", "lead")["workshop"]["revision"]
    assert again > first


def test_a_forgotten_workshop_is_over(seats: dict[str, Seat]) -> None:
    open_vote(seats)
    Workshop.objects.update(changed_at=timezone.now() - timedelta(hours=25))
    assert seats["viewer"].state()["workshop"] is None
    assert seats["editor"].send("put", "timer", {"seconds": 60}).status_code == 409
    assert seats["second"].does("post", "lead")["workshop"]["vote"] is None


def test_the_log_says_who_began_voted_on_and_revealed(seats: dict[str, Seat]) -> None:
    open_vote(seats)
    seats["commenter"].votes({"note-1": 1})
    seats["editor"].does("post", "vote")
    seats["editor"].does("put", "writing")
    seats["editor"].does("delete", "writing")
    seats["editor"].does("delete")
    rows = AuditLog.objects.filter(action="room_workshop").order_by("pk")
    said = [(row.actor_label, row.data["what"]) for row in rows]
    steps = ["begin", "vote", "reveal", "writing", "writing_reveal", "end"]
    assert said == [("editor", step) for step in steps]
    assert "note-1" not in json.dumps([row.data for row in AuditLog.objects.all()])


def test_steps_and_dots_are_limited(seats: dict[str, Seat], monkeypatch: Any) -> None:
    monkeypatch.setattr("boards.api.throttles.WorkshopThrottle.rate", "3/min")
    cache.clear()
    seats["editor"].does("post", "lead")
    seats["editor"].does("put", "timer", {"seconds": 60})
    seats["editor"].does("delete", "timer")
    assert seats["editor"].send("put", "timer", {"seconds": 60}).status_code == 429
    assert seats["editor"].state()["workshop"]["timer"] is None
