"""Workshops: who may run them, who may vote, and that nothing shows before it is revealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from audit.models import AuditLog
from boards.levels import AccessLevel
from boards.models import Ballot, Board, BoardPermission, Workshop
from boards.signals import board_event
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.matrix import Api, answers
from boards.workshop.shapes import LEAD_SECONDS
from boards.workshop.voting import MAX_DOTS, MAX_GUESTS_OF_NETWORK, MAX_OBJECTS

JSON = "application/json"
OBJECTS = ["note-1", "note-2", "note-3"]


@pytest.fixture
def events(django_capture_on_commit_callbacks: Any) -> Iterator[list[Any]]:
    """What was sent to the pages of boards."""
    heard: list[Any] = []

    def listen(board_id: Any, event: Any, **_: Any) -> None:
        heard.append(event)

    board_event.connect(listen)
    yield heard
    board_event.disconnect(listen)


@pytest.fixture
def people(alice: User, charlie: User) -> dict[str, User]:
    cast = {name: make_user(name) for name in ("viewer", "commenter", "editor", "second")}
    return {**cast, "alice": alice, "charlie": charlie}


@pytest.fixture
def board(people: dict[str, User]) -> Board:
    levels = {"viewer": "view", "commenter": "comment", "editor": "edit", "second": "edit"}
    shared_with = {people[name]: AccessLevel.parse(level) for name, level in levels.items()}
    return make_board(people["alice"], shared_with=shared_with)


class Seat:
    """One person at a workshop."""

    def __init__(self, board: Board, user: User | None, query: str = "") -> None:
        self.client, self.board, self.query = client_of(user), board, query

    def send(self, method: str, part: str = "", body: Any = None) -> Any:
        path = f"/api/v1/boards/{self.board.pk}/workshop{part and '/' + part}{self.query}"
        return getattr(self.client, method)(path, body, content_type=JSON)

    def state(self) -> Any:
        answer = self.client.get(f"/api/v1/boards/{self.board.pk}/workshop{self.query}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def does(self, method: str, part: str = "", body: Any = None) -> Any:
        answer = self.send(method, part, body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def votes(self, dots: dict[str, int], *, is_done: bool = False) -> Any:
        vote = self.state()["workshop"]["vote"]["id"]
        return self.send("put", "ballot", {"vote": vote, "dots": dots, "is_done": is_done})


@pytest.fixture
def seats(board: Board, people: dict[str, User]) -> dict[str, Seat]:
    return {name: Seat(board, user) for name, user in people.items()}


def guest(board: Board) -> Seat:
    """Somebody without an account at the public link, whose browser has opened the page."""
    seat = Seat(board, None, "?public=1")
    seat.client.get(f"/board/{board.pk}/public")
    return seat


def open_vote(seats: dict[str, Seat], dots: int = 3) -> None:
    seats["editor"].does("post", "lead")
    seats["editor"].does("put", "vote", {"dots": dots, "objects": OBJECTS})


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


def test_dots_are_hidden_until_they_are_revealed(
    seats: dict[str, Seat], events: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        open_vote(seats)
    events.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert seats["commenter"].votes({"note-2": 2, "note-3": 1}).status_code == 200
    assert events == []  # not even that somebody is voting
    with django_capture_on_commit_callbacks(execute=True):
        seats["commenter"].votes({"note-2": 2, "note-3": 1}, is_done=True)
    (event,) = events
    assert event["workshop"]["vote"]["finished"] == 1
    assert event["workshop"]["vote"]["results"] is None
    assert '"note-2": 2' not in json.dumps(event)
    assert seats["commenter"].state()["ballot"] == {
        "dots": {"note-2": 2, "note-3": 1},
        "is_done": True,
    }
    for name in ("editor", "alice", "viewer", "second"):  # who leads, owns, looks and edits
        told = seats[name].state()
        assert told["ballot"] is None
        assert told["workshop"]["vote"]["results"] is None
        assert "commenter" not in json.dumps(told)

    seats["second"].votes({"note-2": 1})
    with django_capture_on_commit_callbacks(execute=True):
        seats["editor"].does("post", "vote")
    expected = {"dots": {"note-2": 3, "note-3": 1}, "people": 2, "guests": 0}
    assert events[-1]["workshop"]["vote"]["results"] == expected
    assert seats["viewer"].state()["workshop"]["vote"]["results"] == expected
    assert Ballot.objects.count() == 0  # whose dots they were is not kept


def test_nobody_votes_twice_or_with_more_dots(seats: dict[str, Seat]) -> None:
    open_vote(seats)
    voter = seats["commenter"]
    assert voter.votes({"note-1": 3}).status_code == 200
    assert voter.votes({"note-2": 3}).status_code == 200  # instead of the others
    assert voter.votes({"note-1": 3, "note-2": 1}).status_code == 400
    assert voter.votes({"note-1": 4}).status_code == 400
    wrong: list[Any] = [
        {"note-1": -3, "note-2": 3},
        {"note-1": 0},
        {"note-1": "3.5"},
        [],
        None,
        "x",
    ]
    for dots in wrong:
        assert voter.votes(dots).status_code == 400, dots
    assert voter.votes({"elsewhere": 1}).status_code == 400
    assert voter.votes({str(n): 1 for n in range(MAX_DOTS + 1)}).status_code == 400
    results = seats["editor"].does("post", "vote")["workshop"]["vote"]["results"]
    assert results == {"dots": {"note-2": 3}, "people": 1, "guests": 0}


def test_a_vote_takes_no_dots_once_it_is_over(seats: dict[str, Seat]) -> None:
    open_vote(seats)
    first = seats["commenter"].state()["workshop"]["vote"]["id"]
    ballot = {"vote": first, "dots": {"note-1": 1}, "is_done": False}
    seats["editor"].does("post", "vote")
    assert seats["commenter"].send("put", "ballot", ballot).status_code == 409
    seats["editor"].does("put", "vote", {"dots": 1, "objects": OBJECTS})
    assert seats["commenter"].send("put", "ballot", ballot).status_code == 409  # of the one before
    seats["editor"].does("delete", "vote")
    assert seats["commenter"].send("put", "ballot", ballot).status_code == 409
    assert Ballot.objects.count() == 0


def test_who_may_not_vote_any_more_does_not_count(
    people: dict[str, User], seats: dict[str, Seat]
) -> None:
    open_vote(seats)
    seats["commenter"].votes({"note-1": 3})
    seats["second"].votes({"note-2": 1})
    BoardPermission.objects.filter(user=people["commenter"]).update(level="view")
    assert seats["commenter"].votes({"note-3": 1}).status_code == 403
    results = seats["editor"].does("post", "vote")["workshop"]["vote"]["results"]
    assert results == {"dots": {"note-2": 1}, "people": 1, "guests": 0}


def test_guests_vote_at_a_public_link_that_lets_them_comment(
    board: Board, seats: dict[str, Seat]
) -> None:
    permission = BoardPermission.objects.create(board=board, is_public=True, level="view")
    open_vote(seats)
    one, other = guest(board), guest(board)
    assert one.votes({"note-1": 1}).status_code == 403
    permission.level = "comment"
    permission.save()
    assert one.votes({"note-1": 2}).status_code == 200
    assert one.votes({"note-1": 1}).status_code == 200  # the same person
    assert other.votes({"note-1": 3}).status_code == 200
    assert other.state()["ballot"]["dots"] == {"note-1": 3}
    nobody = Seat(board, None, "?public=1")
    assert nobody.votes({"note-1": 3}).status_code == 403
    results = seats["editor"].does("post", "vote")["workshop"]["vote"]["results"]
    assert results == {"dots": {"note-1": 4}, "people": 2, "guests": 2}


def test_one_network_cannot_be_any_number_of_guests(board: Board, seats: dict[str, Seat]) -> None:
    BoardPermission.objects.create(board=board, is_public=True, level="comment")
    open_vote(seats)
    codes = [guest(board).votes({"note-1": 1}).status_code for _ in range(MAX_GUESTS_OF_NETWORK)]
    assert codes == [200] * MAX_GUESTS_OF_NETWORK
    assert guest(board).votes({"note-1": 1}).status_code == 429


@pytest.mark.parametrize(
    "change",
    [
        {"dots": 0},
        {"dots": MAX_DOTS + 1},
        {"objects": []},
        {"objects": ["x"] * (MAX_OBJECTS + 1)},
        {"objects": ["x" * 201]},
        {"objects": ["a\x00b"]},
        {"objects": "note-1"},
        {"objects": [{"id": "note-1"}]},
        {"more": 1},
    ],
)
def test_a_vote_is_bounded(seats: dict[str, Seat], change: dict[str, Any]) -> None:
    seats["editor"].does("post", "lead")
    body = {"dots": 3, "objects": OBJECTS, **change}
    assert seats["editor"].send("put", "vote", body).status_code == 400
    assert Workshop.objects.get().vote_id is None


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
