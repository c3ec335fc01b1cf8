"""Comments of guests, and people who are mentioned in comments."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.tests.actors import by
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, Comment
from boards.sharing.links import share_link_create
from boards.tests.commenting import JSON, path_of, say
from boards.tests.factories import client_of, make_board, make_user


@pytest.fixture
def people(alice: User, charlie: User) -> dict[str, User]:
    cast = {name: make_user(name) for name in ("viewer", "commenter", "editor")}
    return {**cast, "alice": alice, "charlie": charlie}


@pytest.fixture
def shared(people: dict[str, User]) -> Board:
    levels = dict(zip(("viewer", "commenter", "editor"), list(AccessLevel)[1:], strict=True))
    shared_with = {people[name]: level for name, level in levels.items()}
    return make_board(people["alice"], shared_with=shared_with)


def test_people_who_were_given_the_board_are_mentioned_and_nobody_else(
    alice: User, bob: User, charlie: User
) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.VIEW}, public=AccessLevel.VIEW)
    body = "@bob. @alice, (@bob) @charlie @nobody mail@alice.example"
    comment = say(client_of(alice), board, body).json()["comments"][0]
    assert sorted(comment["mentions"]) == ["alice", "bob"]
    assert comment["body"] == body


def test_people_are_mentioned_by_what_they_were_given_whatever_the_public_may(
    alice: User, bob: User, dana: User
) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.VIEW}, public=AccessLevel.EDIT)
    comment = say(client_of(alice), board, "@bob @dana").json()["comments"][0]
    assert comment["mentions"] == ["bob"]


def test_people_to_mention_are_those_who_were_given_the_board(
    shared: Board, people: dict[str, User]
) -> None:
    group = Group.objects.create(name="Designers")
    people["charlie"].groups.add(group)
    make_user("gone", is_active=False)
    client, path = client_of(people["commenter"]), f"/api/v1/boards/{shared.pk}/people"
    names = ["alice", "commenter", "editor", "viewer"]
    assert [person["username"] for person in client.get(path).json()] == names
    BoardPermission.objects.create(board=shared, group=group, level="view")
    assert {"username": "charlie", "name": "charlie", "picture": ""} in client.get(path).json()


# --- guests


@pytest.mark.parametrize("way", ["link", "public"])
def test_guests_comment_by_a_chosen_name_marked_as_such(alice: User, way: str) -> None:
    board = make_board(alice, public=AccessLevel.COMMENT if way == "public" else None)
    query = "?public=1" if way == "public" else ""
    guest, other = Client(), Client()
    if way == "link":
        link = share_link_create(board=board, level=AccessLevel.COMMENT, by=by(alice))
        for client in (guest, other):
            client.get(f"/board/{board.pk}", {"token": link_token(link)})
    for bad in ("", "  ", "x" * 61, "a\u202eb"):
        assert say(guest, board, query=query, guest_name=bad).status_code == 400
    assert say(guest, board, query=query).status_code == 400
    made = say(guest, board, query=query, guest_name=" Gabi ")
    assert made.status_code == 201
    author = made.json()["comments"][0]["author"]
    assert (author["id"], author["name"], author["is_guest"]) == (None, "Gabi", True)
    mine = f"{path_of(board, made.json()['id'])}/replies/{made.json()['comments'][0]['id']}{query}"
    assert other.patch(mine, {"body": "x"}, JSON).status_code == 403
    assert other.delete(mine).status_code == 403
    second = say(other, board, query=query, guest_name="Gabi").json()
    assert second["comments"][0]["author"]["guest_id"] != author["guest_id"]
    assert other.delete(mine).status_code == 403
    assert guest.patch(mine, {"body": "Better"}, JSON).status_code == 200
    secret = guest.session["guest_secret"]
    assert secret not in str(list(Comment.objects.values()))
    assert guest.delete(mine).status_code == 204


def test_a_foreign_site_cannot_comment_for_a_guest(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.COMMENT)
    careful = Client(enforce_csrf_checks=True)
    assert say(careful, board, query="?public=1", guest_name="Gabi").status_code == 403


def test_the_public_view_link_gives_no_comments_away_to_write(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.VIEW)
    guest = Client()
    assert guest.get(f"{path_of(board)}?public=1").status_code == 200
    assert say(guest, board, query="?public=1", guest_name="Gabi").status_code == 403
