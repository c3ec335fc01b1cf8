"""Who may run a workshop, and how the lead goes from one to another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from boards.models import Ballot, Board, BoardPermission, Workshop
from boards.tests.matrix import Api, answers
from boards.tests.workshop.seat import OBJECTS, Seat, open_vote
from boards.workshop.shapes import LEAD_SECONDS

COMMANDS: list[tuple[str, str, Any]] = [
    ("post", "lead", {}),
    ("post", "lead", {"to": 1}),
    ("delete", "lead", None),
    ("put", "timer", {"seconds": 60}),
    ("patch", "timer", {"change": "pause"}),
    ("delete", "timer", None),
    ("put", "vote", {"dots": 3, "objects": OBJECTS}),
    ("post", "vote", None),
    ("delete", "vote", None),
    ("put", "writing", None),
    ("delete", "writing", None),
    ("delete", "", None),
]


def test_nobody_below_edit_access_runs_a_workshop(board: Board, seats: dict[str, Seat]) -> None:
    seats["editor"].does("post", "lead")
    before = Workshop.objects.values().get()
    cast = {"anonymous": Seat(board, None), "stranger": seats["charlie"]}
    cast |= {name: seats[name] for name in ("viewer", "commenter")}
    for seat, expected in answers(Api("run a workshop", 200, account=False), **cast):
        for method, part, body in COMMANDS:
            assert seat.send(method, part, body).status_code == expected, (method, part)
    assert Workshop.objects.values().get() == before


def test_nobody_but_the_leader_gives_commands(seats: dict[str, Seat]) -> None:
    seats["editor"].does("post", "lead")
    before = Workshop.objects.values().get()
    for method, part, body in COMMANDS[1:]:
        assert seats["second"].send(method, part, body).status_code == 403, (method, part)
    assert seats["second"].send("post", "lead").status_code == 409
    assert Workshop.objects.values().get() == before


def test_viewers_see_and_do_not_vote(board: Board, seats: dict[str, Seat]) -> None:
    open_vote(seats)
    assert seats["viewer"].state()["workshop"]["vote"]["dots"] == 3
    assert seats["viewer"].votes({"note-1": 1}).status_code == 403
    assert seats["charlie"].send("get").status_code == 404
    assert seats["commenter"].votes({"note-1": 1}).status_code == 200
    assert Ballot.objects.count() == 1


def test_the_lead_is_handed_over_and_given_up(
    people: dict[str, User], seats: dict[str, Seat]
) -> None:
    seats["editor"].does("post", "lead")
    for name in ("viewer", "commenter", "charlie"):
        assert seats["editor"].send("post", "lead", {"to": people[name].pk}).status_code == 400
    assert seats["editor"].send("post", "lead", {"to": 2**31 - 1}).status_code == 400
    given = seats["editor"].does("post", "lead", {"to": people["second"].pk})
    assert given["workshop"]["lead"]["id"] == str(people["second"].pk)
    assert seats["editor"].send("delete", "lead").status_code == 403
    assert seats["second"].does("delete", "lead")["workshop"]["lead"] is None
    assert seats["editor"].does("post", "lead")["workshop"]["lead"]["name"] == "editor"


def test_the_owner_takes_the_lead_from_anybody(seats: dict[str, Seat]) -> None:
    seats["editor"].does("post", "lead")
    assert seats["alice"].does("post", "lead")["workshop"]["lead"]["name"] == "alice"
    assert seats["editor"].send("put", "timer", {"seconds": 60}).status_code == 403


def test_the_lead_of_somebody_who_left_falls_free(seats: dict[str, Seat]) -> None:
    seats["editor"].does("post", "lead")
    seats["editor"].does("put", "timer", {"seconds": 600})
    seen_at = timezone.now() - timedelta(seconds=LEAD_SECONDS - 10)
    Workshop.objects.update(lead_seen_at=seen_at)
    assert seats["second"].send("post", "lead").status_code == 409
    seats["editor"].does("post", "lead")  # keeps it
    assert seats["second"].send("post", "lead").status_code == 409
    Workshop.objects.update(lead_seen_at=timezone.now() - timedelta(seconds=LEAD_SECONDS))
    assert seats["second"].state()["workshop"]["lead"] is None
    taken = seats["second"].does("post", "lead")["workshop"]
    assert taken["lead"]["name"] == "second"
    assert taken["timer"]["seconds"] == 600


def test_keeping_the_lead_tells_nobody(
    seats: dict[str, Seat], events: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        seats["editor"].does("post", "lead")
        seats["editor"].does("post", "lead")
    assert [event["type"] for event in events] == ["workshop"]


def test_a_leader_who_may_not_edit_any_more_gives_no_commands(
    people: dict[str, User], seats: dict[str, Seat]
) -> None:
    open_vote(seats)
    BoardPermission.objects.filter(user=people["editor"]).update(level="comment")
    for method, part, body in COMMANDS:
        assert seats["editor"].send(method, part, body).status_code == 403
    assert Workshop.objects.get().vote_results is None
