"""Comments: who may, whose they are, what is refused, and what everybody is told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from boards.api.throttles import CommentThrottle
from boards.comments.services import (
    author_of_user,
    comment_delete,
    comment_edit,
    comment_reply,
    thread_create,
)
from boards.levels import FARTHEST, LENGTHS, AccessLevel
from boards.models import Board, Comment, CommentThread
from boards.signals import board_event
from boards.tests.commenting import JSON, path_of, say
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.matrix import Api, answers


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
    cast = {name: make_user(name) for name in ("viewer", "commenter", "editor")}
    return {**cast, "alice": alice, "charlie": charlie}


@pytest.fixture
def shared(people: dict[str, User]) -> Board:
    levels = dict(zip(("viewer", "commenter", "editor"), list(AccessLevel)[1:], strict=True))
    shared_with = {people[name]: level for name, level in levels.items()}
    return make_board(people["alice"], shared_with=shared_with)


def test_viewers_read_and_do_not_write(shared: Board, people: dict[str, User]) -> None:
    thread = say(client_of(people["alice"]), shared).json()
    one = path_of(shared, thread["id"])
    reply = f"{one}/replies/{thread['comments'][0]['id']}"
    cast = {"anonymous": None, "stranger": people["charlie"], "viewer": people["viewer"]}
    reads = answers(Api("see it", 200, account=False), **cast)
    writes = answers(Api("write comments", 201, account=False), **cast)
    for (user, reading), (_, writing) in zip(reads, writes, strict=True):
        client = client_of(user)
        assert client.get(path_of(shared)).status_code == reading
        assert client.get(one).status_code == reading
        assert say(client, shared).status_code == writing
        assert client.post(f"{one}/replies", {"body": "x"}, JSON).status_code == writing
        assert client.patch(one, {"is_resolved": True}, JSON).status_code == writing
        assert client.patch(reply, {"body": "x"}, JSON).status_code == writing
        assert client.delete(reply).status_code == writing
        assert client.delete(one).status_code == writing
    assert CommentThread.objects.get().is_resolved is False
    assert Comment.objects.get().body == "Why?"


def test_nobody_changes_the_words_of_others(shared: Board, people: dict[str, User]) -> None:
    thread = say(client_of(people["commenter"]), shared).json()
    one = path_of(shared, thread["id"])
    reply = f"{one}/replies/{thread['comments'][0]['id']}"
    editor, owner = client_of(people["editor"]), client_of(people["alice"])
    assert editor.patch(reply, {"body": "x"}, JSON).status_code == 403
    assert owner.patch(reply, {"body": "x"}, JSON).status_code == 403
    assert editor.delete(reply).status_code == 403
    assert editor.delete(one).status_code == 403
    assert Comment.objects.get().body == "Why?"
    assert owner.delete(reply).status_code == 204
    assert not CommentThread.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"body": ""},
        {"body": "   "},
        {"body": "x" * 4001},
        {"body": "a\x00b"},
        {"body": "a\u202eb"},
        {"body": None},
        {"anchor": None},
        {"anchor": {}},
        {"anchor": {"x": 1}},
        {"anchor": {"x": 1, "y": 2, "z": 3}},
        {"anchor": {"x": "1", "y": 2}},
        {"anchor": {"x": True, "y": 2}},
        {"anchor": {"x": FARTHEST + 1, "y": 2}},
        {"anchor": {"x": 10**400, "y": 2}},
        {"anchor": {"element_id": "", "dx": 0, "dy": 0}},
        {"anchor": {"element_id": "x" * (LENGTHS["elementId"] + 1), "dx": 0, "dy": 0}},
        {"anchor": {"element_id": "a\x00b", "dx": 0, "dy": 0}},
        {"anchor": {"element_id": 7, "dx": 0, "dy": 0}},
        {"anchor": [1, 2]},
    ],
)
def test_bad_comments_are_refused(board: Board, alice: User, change: dict[str, Any]) -> None:
    assert say(client_of(alice), board, **change).status_code == 400
    assert not CommentThread.objects.exists()


@pytest.mark.parametrize("element_id", ["x" * LENGTHS["elementId"], "a box", "Kästchen 盒子"])
def test_an_element_of_any_id_can_be_commented_on(
    board: Board, alice: User, element_id: str
) -> None:
    anchor = {"element_id": element_id, "dx": 1, "dy": 2}
    assert say(client_of(alice), board, anchor=anchor).status_code == 201
    assert CommentThread.objects.get().anchor == anchor


def test_a_thread_from_question_to_settled(
    shared: Board,
    people: dict[str, User],
    events: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    people["editor"].first_name = "Erika"
    people["editor"].save()
    asker, answerer = client_of(people["commenter"]), client_of(people["editor"])
    anchor = {"element_id": "el-1", "dx": 0.5, "dy": 1}
    with django_capture_on_commit_callbacks(execute=True):
        made = say(asker, shared, "Why?\n<b>Really</b>", anchor=anchor)
    assert made.status_code == 201
    thread = made.json()
    assert thread["anchor"] == anchor
    assert thread["comments"][0]["body"] == "Why?\n<b>Really</b>"
    assert thread["comments"][0]["author"] == {
        "id": str(people["commenter"].pk),
        "name": "commenter",
        "is_guest": False,
        "guest_id": "",
        "picture": "",
    }
    assert events == [{"type": "comment", "action": "created", "comment": thread}]
    one = path_of(shared, thread["id"])
    with django_capture_on_commit_callbacks(execute=True):
        replied = answerer.post(f"{one}/replies", {"body": "Because"}, JSON)
    assert replied.status_code == 201
    assert [row["author"]["name"] for row in replied.json()["comments"]] == ["commenter", "Erika"]
    assert events[-1] == {"type": "comment", "action": "changed", "comment": replied.json()}
    mine = f"{one}/replies/{replied.json()['comments'][1]['id']}"
    edited = answerer.patch(mine, {"body": "Because so"}, JSON).json()
    assert edited["comments"][1]["body"] == "Because so"
    assert edited["comments"][1]["edited_at"] is not None
    settled = asker.patch(one, {"is_resolved": True}, JSON).json()
    assert (settled["is_resolved"], settled["resolved_by"]) == (True, "commenter")
    assert asker.get(f"{path_of(shared)}?resolved=false").json()["results"] == []
    assert asker.get(f"{path_of(shared)}?resolved=true").json()["results"] == [settled]
    assert asker.patch(one, {"is_resolved": False}, JSON).json()["resolved_at"] is None
    assert asker.delete(one).status_code == 403  # somebody else has answered in it
    assert answerer.delete(mine).status_code == 204
    events.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert asker.delete(one).status_code == 204
    gone = {"type": "comment", "action": "deleted", "comment": {"id": thread["id"]}}
    assert events == [gone]
    assert json.dumps(events)


def test_authors_cannot_be_claimed(board: Board, alice: User, bob: User) -> None:
    claims: dict[str, Any] = {"author": str(alice.pk), "author_name": "alice", "is_guest": True}
    refused = say(client_of(bob), board, **claims)
    assert (refused.status_code, refused.json().keys()) == (400, {*claims, "detail"})
    author = say(client_of(bob), board, guest_name="A").json()["comments"][0]["author"]
    assert (author["id"], author["name"], author["is_guest"]) == (str(bob.pk), "bob", False)


def test_the_same_comment_sent_twice_is_written_once(
    board: Board,
    alice: User,
    bob: User,
    events: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client, chosen = client_of(bob), {"id": str(uuid.uuid4())}
    with django_capture_on_commit_callbacks(execute=True):
        first = say(client, board, **chosen)
        assert first.status_code == 201
        assert first.json()["comments"][0]["id"] == chosen["id"]
        assert say(client, board, **chosen).json() == first.json()
        replies = path_of(board, first.json()["id"], "replies")
        answer = {"body": "Because", "id": str(uuid.uuid4())}
        assert [client.post(replies, answer, JSON).status_code for _ in "ab"] == [201, 201]
    assert Comment.objects.count() == 2
    assert len(events) == 2
    # nobody gets at a thread by the id of a comment in it
    assert say(client_of(alice), board, **chosen).status_code == 400
    elsewhere = make_board(bob)
    assert say(client, elsewhere, **chosen).status_code == 400


def test_a_deleted_account_leaves_its_words_and_name(board: Board, alice: User, bob: User) -> None:
    say(client_of(bob), board)
    bob.delete()
    thread = client_of(alice).get(path_of(board)).json()["results"][0]
    assert thread["comments"][0]["author"] == {
        "id": None,
        "name": "bob",
        "is_guest": False,
        "guest_id": "",
        "picture": "",
    }


def test_threads_and_replies_are_bounded(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boards.comments.services.MAX_THREADS", 1)
    monkeypatch.setattr("boards.comments.services.MAX_COMMENTS", 2)
    client = client_of(alice)
    thread = say(client, board).json()
    assert say(client, board).status_code == 429
    replies = path_of(board, thread["id"], "replies")
    assert client.post(replies, {"body": "x"}, JSON).status_code == 201
    assert client.post(replies, {"body": "x"}, JSON).status_code == 429


def test_a_comment_of_another_board_or_thread_is_not_found(board: Board, alice: User) -> None:
    client = client_of(alice)
    thread, second = say(client, board).json(), say(client, board).json()
    other = make_board(alice)
    assert client.get(path_of(other, thread["id"])).status_code == 404
    assert client.get(path_of(board, uuid.uuid4())).status_code == 404
    mixed = path_of(board, second["id"], "replies", thread["comments"][0]["id"])
    assert client.delete(mixed).status_code == 404
    assert Comment.objects.count() == 2


def test_a_locked_board_can_still_be_commented(board: Board, bob: User) -> None:
    from django.utils import timezone

    Board.objects.update(locked_at=timezone.now())
    assert say(client_of(bob), board).status_code == 201


def test_writing_is_limited(board: Board, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CommentThrottle, "rate", "3/min")
    client = client_of(alice)
    codes = [say(client, board, body="").status_code for _ in range(4)]
    assert codes == [400] * 3 + [429]


def test_a_page_of_threads_costs_few_queries(
    board: Board, alice: User, django_assert_max_num_queries: Any
) -> None:
    client = client_of(alice)
    for _ in range(5):
        thread = say(client, board, "@bob").json()
        client.post(path_of(board, thread["id"], "replies"), {"body": "@bob"}, JSON)
    with django_assert_max_num_queries(9):
        assert client.get(path_of(board)).json()["count"] == 5


def test_a_comment_that_was_deleted_meanwhile_is_gone(board: Board, alice: User, bob: User) -> None:
    thread = thread_create(
        board=board, anchor={"x": 1, "y": 1}, body="a", author=author_of_user(alice)
    )
    comment_reply(thread=thread, body="b", author=author_of_user(bob))
    shown, deleted = Comment.objects.get(body="b"), Comment.objects.get(body="b")
    comment_delete(comment=deleted, author=author_of_user(bob), is_manager=False)
    with pytest.raises(ValidationError, match="no longer exists"):
        comment_edit(comment=shown, body="c", author=author_of_user(bob))
