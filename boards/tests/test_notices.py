"""Who is told what of a board, by bell and by mail, and who is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Notification
from accounts.notifications.services import KEPT_DAYS, MAX_KEPT, prune
from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.comments.services import (
    author_of_guest,
    author_of_user,
    comment_delete,
    comment_edit,
    comment_reply,
    thread_create,
)
from boards.levels import AccessLevel
from boards.models import Board, LiveConnection, Space
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.sharing.requests import access_request_create, access_request_resolve
from boards.sharing.transfer import board_transfer
from boards.signals import board_event
from boards.spaces.members import space_permission_grant, space_permission_revoke
from boards.tests.factories import client_of, make_board
from boards.tests.notices import LIST, POINT, READ, say, told


@pytest.fixture
def board(alice: User, bob: User) -> Board:
    return make_board(alice, shared_with={bob: AccessLevel.EDIT})


def test_a_mention_and_a_reply_reach_whom_they_concern(
    board: Board, alice: User, bob: User, charlie: User
) -> None:
    thread = say(board, "@bob and @charlie, @alice: look", alice)
    assert told(bob) == ["alice mentions you on “Roadmap”."]
    assert told(alice) == []  # nobody is told what they wrote
    assert told(charlie) == []  # was not given the board
    comment_reply(thread=thread, body="Why, @alice?", author=author_of_user(bob))
    assert told(alice) == ["bob mentions you on “Roadmap”."]  # once, not as a reply too
    comment_reply(thread=thread, body="Because.", author=author_of_user(alice))
    [reply, _] = client_of(bob).get(LIST).json()["results"]
    assert (reply["text"], reply["excerpt"]) == ("alice replies to you on “Roadmap”.", "Because.")
    assert reply["url"] == f"/board/{board.pk}?thread={thread.pk}"


def test_an_edit_tells_only_those_it_adds(board: Board, alice: User, bob: User) -> None:
    thread = say(board, "Look", alice)
    [comment] = thread.comments.all()
    comment_edit(comment=comment, body="Look here, @bob", author=author_of_user(alice))
    assert client_of(bob).get(LIST).json()["unread"] == 1
    client_of(bob).post(READ, {}, "application/json")
    comment_edit(comment=comment, body="Look there, @bob", author=author_of_user(alice))
    assert client_of(bob).get(LIST).json()["unread"] == 0
    comment_delete(comment=comment, author=author_of_user(alice), is_manager=True)
    assert told(bob) == []


def test_a_guest_is_told_apart_from_an_account(board: Board, bob: User) -> None:
    permission_grant(board=board, subject=PUBLIC, level=AccessLevel.COMMENT, by=by(board.owner))
    guest = author_of_guest("alice", "secret")
    thread_create(board=board, anchor=POINT, body="Hey @bob", author=guest)
    assert told(bob) == ["alice (guest) mentions you on “Roadmap”."]


def test_who_lost_access_reads_nothing_of_it(board: Board, alice: User, bob: User) -> None:
    say(board, "The plan is secret, @bob", alice)
    permission_revoke(board=board, subject=Subject(user=bob), by=by(alice))
    answer = client_of(bob).get(LIST)
    assert "secret" not in answer.content.decode()
    assert (answer.json()["results"], Notification.objects.count()) == ([], 0)


def test_a_request_is_answered_where_it_is_read(board: Board, alice: User, charlie: User) -> None:
    request = access_request_create(
        board=board, user=charlie, level=AccessLevel.EDIT, by=by(charlie), message="Please"
    )
    assert request is not None
    [item] = client_of(alice).get(LIST).json()["results"]
    assert item["text"] == "charlie asks to edit “Roadmap”."
    assert (item["excerpt"], item["request"]) == ("Please", {"id": request.pk, "level": "edit"})
    address = f"/api/v1/boards/{board.pk}/access-requests/{item['request']['id']}"
    answer = client_of(alice).post(address, {"level": "edit"}, "application/json")
    assert answer.status_code == 200
    assert told(alice) == []  # it is settled
    assert told(charlie) == ["alice shares “Roadmap” with you: you can edit it."]


def test_a_request_is_for_who_can_answer_it(
    board: Board, alice: User, bob: User, charlie: User
) -> None:
    """Who gave the board away may still look at it."""
    access_request_create(
        board=board, user=charlie, level=AccessLevel.EDIT, by=by(charlie), message="Please"
    )
    board_transfer(board=board, new_owner=bob, by=by(alice))
    assert client_of(alice).get(f"/board/{board.pk}").status_code == 200
    assert not [text for text in told(alice) if "charlie" in text]


def test_a_refusal_is_told_only_to_who_may_see_the_board(
    board: Board, alice: User, bob: User, charlie: User
) -> None:
    permission_grant(board=board, subject=Subject(user=bob), level=AccessLevel.VIEW, by=by(alice))
    Notification.objects.all().delete()
    for user in (bob, charlie):
        request = access_request_create(
            board=board, user=user, level=AccessLevel.EDIT, by=by(user), message=""
        )
        assert request is not None
        access_request_resolve(request=request, level=None, by=by(alice))
    assert told(bob) == ["Your request for more access to “Roadmap” was declined."]
    assert told(charlie) == []  # they do not learn whether there is such a board


def test_what_is_shared_is_told_to_people_and_groups(alice: User, bob: User, charlie: User) -> None:
    board, group = make_board(alice), Group.objects.create(name="Team")
    group.user_set.add(alice, bob)
    permission_grant(
        board=board, subject=Subject(group=group), level=AccessLevel.VIEW, by=by(alice)
    )
    assert told(bob) == ["alice shares “Roadmap” with you: you can look at it."]
    assert told(alice) == []
    permission_grant(
        board=board, subject=Subject(user=charlie), level=AccessLevel.EDIT, by=by(alice)
    )
    permission_grant(
        board=board, subject=Subject(user=charlie), level=AccessLevel.VIEW, by=by(alice)
    )
    assert len(told(charlie)) == 1  # less than before is no news
    board_transfer(board=board, new_owner=charlie, by=by(alice))
    assert told(charlie) == ["alice made you the owner of “Roadmap”."]


def test_a_space_is_told_as_long_as_one_sees_it(alice: User, bob: User) -> None:
    space = Space.objects.create(owner=alice, name="Design")
    subject = Subject(user=bob)
    space_permission_grant(space=space, subject=subject, level=AccessLevel.VIEW, by=by(alice))
    assert told(bob) == ["alice shares the space “Design” with you."]
    [item] = client_of(bob).get(LIST).json()["results"]
    assert item["url"] == f"/?space={space.pk}"
    space_permission_revoke(space=space, subject=subject, by=by(alice))
    assert told(bob) == []


def test_reading_is_ones_own(board: Board, alice: User, bob: User, charlie: User) -> None:
    say(board, "@bob", alice)
    [item] = client_of(bob).get(LIST).json()["results"]
    assert client_of(charlie).post(READ, {"ids": [item["id"]]}, "application/json").json() == {
        "unread": 0
    }
    assert client_of(bob).get(f"{LIST}?limit=0").json() == {"unread": 1, "results": []}
    for wanted, left in (({"board": str(uuid4())}, 1), ({"board": str(board.pk)}, 0)):
        answer = client_of(bob).post(READ, wanted, "application/json")
        assert answer.json() == {"unread": left}
    for wrong in ({"ids": [0]}, {"ids": [2**63]}, {"ids": "x"}, {"board": "x"}):
        assert client_of(bob).post(READ, wrong, "application/json").status_code == 400
    for limit in ("-1", "51", "x"):
        assert client_of(bob).get(f"{LIST}?limit={limit}").status_code == 400
    assert Client().get(LIST).status_code == 401


@pytest.mark.django_db
def test_pages_of_these_people_are_told_and_no_others(
    board: Board, alice: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    other = make_board(bob)
    for user, place in ((bob, other), (alice, other)):
        LiveConnection.objects.create(
            connection_id=uuid4(),
            board_id=place.pk,
            user_id=user.pk,
            process=uuid4(),
            seen_at=timezone.now(),
        )
    heard: list[tuple[Any, Any, Any]] = []

    def listen(board_id: Any, event: Any, people: Any = None, **_: Any) -> None:
        if event["type"] == "notifications":
            heard.append((board_id, event, people))

    board_event.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        say(board, "@bob", alice)
    board_event.disconnect(listen)
    assert heard == [(other.pk, {"type": "notifications"}, [bob.pk])]


def test_old_ones_and_too_many_go(board: Board, alice: User, bob: User) -> None:
    say(board, "@bob", alice)
    Notification.objects.update(created_at=timezone.now() - timedelta(days=KEPT_DAYS + 1))
    Notification.objects.bulk_create(
        Notification(reader=bob, kind="shared", place=uuid4()) for _ in range(MAX_KEPT + 5)
    )
    assert prune() == 6
    assert Notification.objects.filter(reader=bob).count() == MAX_KEPT


def test_the_list_costs_the_same_for_any_number_of_boards(alice: User, bob: User) -> None:
    """Every open page asks for it."""
    client = client_of(bob)
    client.get(LIST)  # notes that the session is used

    def queries_for(boards: int) -> int:
        for _ in range(boards):
            share(make_board(alice), bob)
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(LIST).json()["results"]
        assert len(shown) >= boards
        return len(queries)

    assert queries_for(2) == queries_for(30)


def share(board: Board, user: User) -> None:
    permission_grant(
        board=board, subject=Subject(user=user), level=AccessLevel.VIEW, by=by(board.owner)
    )


def test_one_person_does_not_fill_the_table_of_another(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two runs of the daily job."""
    monkeypatch.setattr("accounts.notifications.services.MAX_KEPT", 5)
    monkeypatch.setattr("accounts.notifications.services.MORE_FOR_A_DAY", 3)
    boards = [make_board(alice) for _ in range(20)]
    for board in boards:
        share(board, bob)
        assert Notification.objects.filter(reader=bob).count() <= 8
    newest = Notification.objects.filter(reader=bob).first()
    assert newest is not None
    assert newest.place == boards[-1].pk
