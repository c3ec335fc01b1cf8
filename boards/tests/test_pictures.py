"""Pictures of people where their names stand: for whom, of whom, and at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Picture, Profile
from accounts.tests.test_account_page import image_file
from boards.comments.services import author_of_user, thread_create
from boards.levels import AccessLevel
from boards.models import Board, Space
from boards.tests.factories import client_of, make_board, make_user

JSON = "application/json"


def upload(user: User) -> str:
    """Gives the person a picture; returns its address."""
    answer = client_of(user).post("/account/picture", {"picture": image_file()})
    assert answer.status_code == 302
    return f"/account/picture/{Picture.objects.get(user=user).key}"


@pytest.fixture
def shared(alice: User, bob: User) -> Board:
    return make_board(alice, shared_with={bob: AccessLevel.COMMENT}, public=AccessLevel.COMMENT)


def say(client: Client, board: Board, query: str = "", **more: str) -> dict[str, Any]:
    """Starts a thread; returns the author of its comment."""
    data = {"anchor": {"x": 1, "y": 2}, "body": "Why?", **more}
    answer = client.post(f"/api/v1/boards/{board.pk}/comments{query}", data, JSON)
    assert answer.status_code == 201, answer.content
    return dict(answer.json()["comments"][0]["author"])


def test_they_stand_beside_names(shared: Board, alice: User, bob: User) -> None:
    address = upload(bob)
    assert say(client_of(bob), shared)["picture"] == address
    assert say(client_of(alice), shared)["picture"] == ""
    people = client_of(alice).get(f"/api/v1/boards/{shared.pk}/people").json()
    assert {one["username"]: one["picture"] for one in people} == {"alice": "", "bob": address}
    offered = client_of(alice).get(f"/api/v1/boards/{shared.pk}/suggestions", {"q": "bo"}).json()
    assert [(one["value"], one["picture"]) for one in offered] == [("bob", address)]
    assert f'src="{address}"' in client_of(alice).get(f"/board/{shared.pk}/share").content.decode()
    assert client_of(alice).get(address).status_code == 200


def test_the_owner_of_a_board_and_of_a_space_have_theirs(alice: User, bob: User) -> None:
    address = upload(bob)
    space = Space.objects.create(owner=bob, name="Design")
    board = make_board(alice, space=space)
    assert f'src="{address}"' in client_of(alice).get(f"/board/{board.pk}/share").content.decode()
    page = client_of(bob).get(f"/spaces/{space.pk}/settings")
    assert f'src="{address}" alt="" width="192"' in page.content.decode()


def test_a_changed_picture_has_another_address(shared: Board, bob: User) -> None:
    first = upload(bob)
    say(client_of(bob), shared)
    second = upload(bob)
    assert first != second
    listed = client_of(bob).get(f"/api/v1/boards/{shared.pk}/comments").json()["results"]
    assert listed[0]["comments"][0]["author"]["picture"] == second
    assert client_of(bob).get(first).status_code == 404


def test_guests_have_none_and_see_none(shared: Board, bob: User) -> None:
    address = upload(bob)
    guest = Client()
    assert say(guest, shared, "?public=1", guest_name="Bob")["picture"] == ""
    assert guest.get(address)["Location"].startswith("/login")


def test_words_outlive_their_account_without_its_picture(shared: Board, bob: User) -> None:
    upload(bob)
    say(client_of(bob), shared)
    bob.delete()
    listed = client_of(shared.owner).get(f"/api/v1/boards/{shared.pk}/comments").json()["results"]
    assert listed[0]["comments"][0]["author"]["picture"] == ""


def test_many_people_cost_as_many_queries_as_one(shared: Board, alice: User) -> None:
    def asked(path: str) -> int:
        client = client_of(alice)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    def join(name: str) -> None:
        user = make_user(name)
        Profile.objects.create(user=user, picture_key=f"key-of-{name}")
        shared.permissions.create(user=user, level="comment")
        thread_create(board=shared, anchor={"x": 1, "y": 2}, body="So", author=author_of_user(user))

    paths = [f"/api/v1/boards/{shared.pk}/{name}" for name in ("comments", "people")]
    paths += [f"/api/v1/boards/{shared.pk}/suggestions?q=pe", f"/board/{shared.pk}/share"]
    join("person")
    asked(paths[0])  # the row about the visit is written once
    before = [asked(path) for path in paths]
    for nth in range(5):
        join(f"person-{nth}")
    assert [asked(path) for path in paths] == before
