"""The timer of a workshop, by the clock of the server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from boards.models import Workshop
from boards.tests.workshop.seat import Seat


def test_everybody_sees_the_same_timer(seats: dict[str, Seat]) -> None:
    lead = seats["editor"]
    lead.does("post", "lead")
    lead.does("put", "timer", {"seconds": 300})
    seen = [seats[name].state()["workshop"] for name in ("viewer", "commenter", "alice")]
    assert len({one["timer"]["ends_at"] for one in seen}) == 1
    assert 290_000 < seen[0]["timer"]["ends_at"] - seen[0]["now"] <= 300_000

    paused = lead.does("patch", "timer", {"change": "pause"})["workshop"]["timer"]
    assert paused["ends_at"] is None
    assert 290_000 < paused["left_ms"] <= 300_000
    longer = lead.does("patch", "timer", {"change": "extend"})["workshop"]["timer"]
    assert longer["left_ms"] == paused["left_ms"] + 60_000
    again = lead.does("patch", "timer", {"change": "resume"})["workshop"]
    assert 350_000 < again["timer"]["ends_at"] - again["now"] <= 360_000
    assert lead.does("delete", "timer")["workshop"]["timer"] is None


def test_a_timer_that_ended_is_extended_from_now(seats: dict[str, Seat]) -> None:
    lead = seats["editor"]
    lead.does("post", "lead")
    lead.does("put", "timer", {"seconds": 60})
    Workshop.objects.update(timer_ends_at=timezone.now() - timedelta(minutes=5))
    longer = lead.does("patch", "timer", {"change": "extend"})["workshop"]
    assert 55_000 < longer["timer"]["ends_at"] - longer["now"] <= 60_000


@pytest.mark.parametrize("seconds", [0, -1, 4, 14401, 10**30, "x", None, True])
def test_a_timer_is_bounded(seats: dict[str, Seat], seconds: Any) -> None:
    seats["editor"].does("post", "lead")
    assert seats["editor"].send("put", "timer", {"seconds": seconds}).status_code == 400


def test_a_timer_cannot_be_extended_without_end(seats: dict[str, Seat]) -> None:
    seats["editor"].does("post", "lead")
    seats["editor"].does("put", "timer", {"seconds": 14400})
    assert seats["editor"].send("patch", "timer", {"change": "extend"}).status_code == 400
