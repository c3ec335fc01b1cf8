"""Votes with dots: who may vote, and that nothing shows before it is revealed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.models import Ballot, Board, BoardPermission, Workshop
from boards.tests.workshop.seat import OBJECTS, Seat, guest, open_vote
from boards.workshop.voting import MAX_DOTS, MAX_GUESTS_OF_NETWORK, MAX_OBJECTS


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
